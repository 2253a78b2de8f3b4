import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type Server } from 'node:tls';
import type { Logger } from 'pino';

/** Where a certificate and its key are, in PEM. */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** A certificate with the chain that signed it, and its key, in PEM. */
export interface TlsCertificate {
  readonly cert: string;
  readonly key: string;
}

/** How often the files are looked at, in milliseconds: those who renew certificates replace them. */
const LOOK_EVERY_MS = 60_000;

/** Reads both files. Throws with what is wrong with which of them. */
export async function readTlsCertificate({ certPath, keyPath }: TlsFiles): Promise<TlsCertificate> {
  const [cert, key] = await Promise.all([readPem(certPath), readPem(keyPath)]);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${certPath} and ${keyPath} are not a certificate and its key in PEM: ${reason}`, {
      cause,
    });
  }
  return { cert, key };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${path} cannot be read: ${reason}`, { cause });
  }
}

/** Uses renewed files for new connections as soon as they are good; until then the server keeps what it has. */
export function renewTlsCertificate(
  server: Pick<Server, 'setSecureContext'>,
  files: TlsFiles,
  { log, everyMs = LOOK_EVERY_MS }: { readonly log: Logger; readonly everyMs?: number },
): Disposable {
  let known = stampOf(files);
  const timer = setInterval(() => {
    const stamp = stampOf(files);
    if (stamp === known) return;
    known = stamp;
    readTlsCertificate(files).then(
      (certificate) => {
        server.setSecureContext({ ...certificate, ...TLS_LIMITS });
        log.info('tls.renewed');
      },
      (error: unknown) => {
        // Half of them may have been replaced: look again.
        known = '';
        log.warn({ err: error }, 'tls.not-renewed');
      },
    );
  }, everyMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Older versions have known weaknesses (RFC 8996). */
export const TLS_LIMITS = { minVersion: 'TLSv1.2' } as const;

function stampOf({ certPath, keyPath }: TlsFiles): string {
  const stamp = (path: string) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? 'absent' : `${stats.ino} ${stats.mtimeMs} ${stats.size}`;
  };
  return `${stamp(certPath)} ${stamp(keyPath)}`;
}
