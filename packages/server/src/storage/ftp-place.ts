import { FileType, type FileInfo as FtpEntry } from 'basic-ftp';
import { baseName } from '../domain/paths.ts';
import type { FtpConnection } from './ftp-connection.ts';
import { parseFacts, parseFtpTime, parseListTime } from './ftp-facts.ts';
import { type FtpFailureContext, ftpFailure, isRefusal } from './ftp-failure.ts';
import type { FtpPool } from './ftp-pool.ts';
import { missingRoot, splitPath } from './path-parts.ts';
import { type FileInfo, StorageError } from './storage.ts';

/** A server's files below a directory. */
export interface FtpPlace extends FtpFailureContext {
  readonly pool: FtpPool;
  readonly rootDir: string;
}

const MAX_NAME_BYTES = 255;

/** The path as the server knows it. Throws StorageError for one that no command can hold. */
export function remotePath({ rootDir }: Pick<FtpPlace, 'rootDir'>, path: string): string {
  const parts = splitPath(path);
  if (/[\r\n]/.test(path) || !path.isWellFormed()) {
    throw new StorageError(
      'unsupported',
      `${JSON.stringify(path)}: FTP cannot carry such a name: rename the file`,
    );
  }
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES)) {
    throw new StorageError('forbidden', `${path}: the name is too long: at most ${MAX_NAME_BYTES} bytes`);
  }
  return `${rootDir.replace(/\/+$/, '')}/${parts.join('/')}`;
}

/** Talks to the server about a path; failures become StorageErrors. */
export async function talk<Value>(
  place: FtpPlace,
  path: string,
  work: (connection: FtpConnection) => Promise<Value>,
): Promise<Value> {
  try {
    return await place.pool.use(work);
  } catch (error) {
    throw ftpFailure(place, path, error);
  }
}

/** What is at a path; null when nothing is. The server follows links, so that what they lead to is told. */
export async function findFtp(
  place: FtpPlace,
  connection: FtpConnection,
  path: string,
): Promise<FileInfo | null> {
  const remote = remotePath(place, path);
  const found = connection.hasMlst
    ? await findByFacts(connection, path, remote)
    : await findBySize(connection, path, remote);
  if (found === null && path === '/') throw missingRoot(place.rootDir, undefined);
  return found;
}

/** ` type=file;size=5;modify=20261124123000;unix.mode=0644; /a/b` in the midst of the reply's lines (RFC 3659 section 7.2). */
async function findByFacts(
  { client }: FtpConnection,
  path: string,
  remote: string,
): Promise<FileInfo | null> {
  const reply = await orNull(() => client.send(`MLST ${remote}`));
  if (reply === null) return null;
  const line = reply.message.split('\n').find((text) => /^ ?[^ =;]+=/.test(text));
  const facts = parseFacts(line ?? '');
  const isDirectory = ['dir', 'cdir', 'pdir'].includes(facts.get('type') ?? '');
  if (!isDirectory && facts.get('type') !== 'file') {
    throw new StorageError('forbidden', `${path} is neither a file nor a directory`);
  }
  const mode = Number.parseInt(facts.get('unix.mode') ?? '', 8);
  return {
    path,
    name: baseName(path),
    type: isDirectory ? 'dir' : 'file',
    sizeBytes: isDirectory ? 0 : Number(facts.get('size') ?? 0),
    modifiedAt: parseFtpTime(facts.get('modify') ?? ''),
    mode: Number.isNaN(mode) ? defaultMode(isDirectory) : mode & 0o777,
  };
}

/** Servers tell sizes of files only; what can be entered is a directory. */
async function findBySize({ client }: FtpConnection, path: string, remote: string): Promise<FileInfo | null> {
  const shared = { path, name: baseName(path) };
  const sizeBytes = path === '/' ? null : await orNull(() => client.size(remote));
  if (sizeBytes !== null) {
    const modifiedAt = (await orNull(() => client.lastMod(remote))) ?? new Date(0);
    return { ...shared, type: 'file', sizeBytes, modifiedAt, mode: defaultMode(false) };
  }
  if ((await orNull(() => client.cd(remote))) === null) return null;
  return { ...shared, type: 'dir', sizeBytes: 0, modifiedAt: new Date(0), mode: defaultMode(true) };
}

function defaultMode(isDirectory: boolean): number {
  return isDirectory ? 0o755 : 0o644;
}

/** Null when the server says that there is no such thing: 550, of MLST also 501 and 553 (a part of the path is a file). */
async function orNull<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    if (isRefusal(error) && [501, 550, 553].includes(error.code)) return null;
    throw error;
  }
}

/** Everything a directory shows, by the names it has; null when it cannot be entered. */
export async function listFtp(
  place: FtpPlace,
  { client }: FtpConnection,
  path: string,
): Promise<readonly FtpEntry[] | null> {
  // Entered, not named in the listing command: some servers take names for patterns there.
  if ((await orNull(() => client.cd(remotePath(place, path)))) === null) return null;
  const entries = await client.list();
  return entries.filter(({ name }) => !['', '.', '..'].includes(name) && !name.includes('/'));
}

/** A listed entry; null for a link or what is no file. `now` gives dates without a year theirs. */
export function entryInfo(path: string, entry: FtpEntry, now: Date): FileInfo | null {
  const isDirectory = entry.type === FileType.Directory;
  if (!isDirectory && entry.type !== FileType.File) return null;
  const { user, group, world } = entry.permissions ?? {};
  const isKnown = user !== undefined && group !== undefined && world !== undefined;
  return {
    path,
    name: entry.name,
    type: isDirectory ? 'dir' : 'file',
    sizeBytes: isDirectory ? 0 : entry.size,
    modifiedAt: entry.modifiedAt ?? parseListTime(entry.rawModifiedAt, now),
    mode: isKnown ? user * 64 + group * 8 + world : defaultMode(isDirectory),
  };
}
