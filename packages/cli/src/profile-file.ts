import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from './connection.ts';

/** Writes the profile file, readable only by its owner; a crash leaves the old one or the new one. */
export function writeProfile(path: string, { url, token }: Connection): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  try {
    writeFileSync(part, `${JSON.stringify({ url, token }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
  }
}

/** Removes the profile file; one that is not there is no error. */
export function removeProfile(path: string): void {
  rmSync(path, { force: true });
}
