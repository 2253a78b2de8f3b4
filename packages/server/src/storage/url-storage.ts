import { isIP } from 'node:net';
import { cleanPath, decodePercent } from '../domain/paths.ts';
import { type Credentials, parseUserInfo, splitUserInfo } from '../domain/user-info.ts';
import { BLOCKED_MESSAGE } from '../net/blocked.ts';
import type { EgressGuard } from '../net/egress.ts';
import { bareHost } from '../net/guarded-connector.ts';
import { whyFtpPortIsRefused } from './ftp-connection.ts';
import { createFtpStorage } from './ftp-storage.ts';
import { createHttpStorage } from './http-storage.ts';
import { createSingleFileStorage } from './single-file-storage.ts';
import { type Storage, StorageError } from './storage.ts';

/** Standard port of FTP; `ftps://` is the same port with TLS from the first command on. */
const FTP_PORT = 21;

/** Why a file at an address can never be read, as far as the address alone tells; null when it can. */
export function whyNotUrl(guard: EgressGuard, text: string): string | null {
  const url = parseAddress(splitUserInfo(text).url);
  if (url === null) return 'the address cannot be understood';
  if (url.protocol !== 'ftp:') return guard.checkUrl(url);
  const host = bareHost(url.hostname);
  if (isIP(host) !== 0 && guard.denies(host)) return BLOCKED_MESSAGE;
  return whyFtpPortIsRefused(Number(url.port || FTP_PORT));
}

/**
 * The file at an address, under whatever path it is asked for. Credentials may stand in the address; they are in no
 * message. Of a server that nobody registered not much is expected: it is tried a few times, and not waited for. Throws
 * StorageError for an address that cannot be read.
 */
export function openUrl(guard: EgressGuard, text: string): Storage {
  const { url: bare, userInfo } = splitUserInfo(text);
  const url = parseAddress(bare);
  const why = url === null ? 'the address cannot be understood' : whyNotUrl(guard, bare);
  if (url === null || why !== null)
    throw new StorageError('forbidden', `${url?.hostname ?? 'an address'}: ${why}`);
  const credentials = parseUserInfo(userInfo);
  if (url.protocol === 'ftp:') return openFtpUrl(guard, url, { credentials, tls: isFtps(bare) });
  return createHttpStorage({ guard, isRegistered: false, credentials, urlOf: () => url });
}

function isFtps(text: string): boolean {
  return /^ftps:/i.test(text);
}

/** `ftps` is no scheme of the URL standard: the spellings of its hosts would stay as they are, `0x7f.1` for one. */
function parseAddress(text: string): URL | null {
  return URL.parse(isFtps(text) ? text.replace(/^ftps/i, 'ftp') : text);
}

interface FtpEntry {
  readonly credentials: Credentials | null;
  readonly tls: boolean;
}

function openFtpUrl(guard: EgressGuard, url: URL, { credentials, tls }: FtpEntry): Storage {
  const decoded = decodePercent(url.pathname);
  const clean = decoded.ok ? cleanPath(decoded.path) : decoded;
  if (!clean.ok) throw new StorageError('forbidden', `${url.hostname}: ${clean.reason}`);
  const { path } = clean;
  const files = createFtpStorage({
    host: bareHost(url.hostname),
    port: Number(url.port || FTP_PORT),
    tls,
    credentials,
    guard,
    isRegistered: false,
    rootDir: '/',
  });
  return createSingleFileStorage({
    server: 'an FTP server',
    filesAtOnce: 1,
    find: async () => {
      const info = await files.find(path);
      if (info?.type !== 'dir') return info;
      throw new StorageError(
        'not-a-file',
        `${path} on ${url.hostname} is a directory: register the server as a system`,
      );
    },
    open: (_path, range) => files.open(path, range),
  });
}
