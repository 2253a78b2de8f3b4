import { parentPath } from '../domain/paths.ts';
import type { SftpAttributes } from '../ssh/sftp-attributes.ts';
import type { SftpClient } from '../ssh/sftp-client.ts';
import { SFTP_STATUS } from '../ssh/sftp-requests.ts';
import { encodeName } from './name-bytes.ts';
import { forbiddenKind, missingRoot, splitPath } from './path-parts.ts';
import { explainWriteFailure, isRefusal, toSftpError } from './sftp-failure.ts';
import { kindOfMode } from './sftp-info.ts';
import { syncDirectory } from './sftp-sync.ts';
import { StorageError } from './storage.ts';

/** A session, and the root on its host: absolute, without a slash at its end, so empty for `/`. */
export interface SftpPlace {
  readonly sftp: SftpClient;
  readonly rootDir: string;
}

/** The bytes by which the host knows a path below the root. */
export function hostBytes({ rootDir }: SftpPlace, path: string): Buffer {
  return encodeName(path === '/' ? rootDir || '/' : `${rootDir}${path}`);
}

/**
 * What lies at a path. Every part on the way must be a directory, no link (RELIABILITY R13); all are asked for at
 * once, so that this takes one round trip at any depth. SFTP has no openat: between this look and what is done next,
 * somebody who may write there can still put a link in a directory's place. Throws StorageError.
 */
export async function lookAt(place: SftpPlace, path: string): Promise<SftpAttributes> {
  const steps = await lookAlong(place, path);
  const last = steps.at(-1);
  if (last?.attributes === null) throw missing(last.path);
  if (last === undefined) throw missing(path);
  const kind = kindOfMode(last.attributes.mode);
  if (kind !== 'file' && kind !== 'dir') throw forbiddenKind(path, kind);
  return last.attributes;
}

/** The same, for what must be a directory. */
export async function lookAtDirectory(place: SftpPlace, path: string): Promise<void> {
  refuseNoDirectory({ path, attributes: await lookAt(place, path) });
}

/** Makes a directory and its missing parents, without passing through a link. */
export async function ensureDirectory(place: SftpPlace, path: string): Promise<void> {
  for (const step of await lookAlong(place, path, { beyondMissing: true })) {
    if (step.attributes === null) await makeStep(place, step.path);
    else refuseNoDirectory(step);
  }
}

/** One part of a path; without attributes when nothing is there. */
interface Step {
  readonly path: string;
  readonly attributes: SftpAttributes | null;
}

/** The steps from the root on. Each but the last is a directory, or missing when asked to look beyond. */
async function lookAlong(
  place: SftpPlace,
  path: string,
  { beyondMissing = false }: { readonly beyondMissing?: boolean } = {},
): Promise<readonly Step[]> {
  const parts = splitPath(path);
  const paths = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  const root = place.sftp.stat(hostBytes(place, '/'));
  const looks = paths.map((below) => place.sftp.lstat(hostBytes(place, below)));
  const [rootLook, ...answers] = await Promise.allSettled([root, ...looks]);
  const steps: Step[] = [{ path: '/', attributes: readRoot(place, rootLook) }];
  for (const [index, answer] of answers.entries()) {
    // The host has followed links on the way: an answer counts once all before it are known to be directories.
    const before = steps.at(-1);
    if (before?.attributes === null && !beyondMissing) throw missing(before.path);
    if (before !== undefined && before.attributes !== null) refuseNoDirectory(before);
    steps.push(readStep(paths[index] ?? path, answer));
  }
  return steps;
}

function readRoot({ rootDir }: SftpPlace, answer: PromiseSettledResult<SftpAttributes>): SftpAttributes {
  if (answer.status === 'fulfilled') return answer.value;
  if (isRefusal(answer.reason, SFTP_STATUS.noSuchFile)) throw missingRoot(rootDir, answer.reason);
  throw toSftpError(answer.reason, rootDir || '/');
}

function readStep(path: string, answer: PromiseSettledResult<SftpAttributes>): Step {
  if (answer.status === 'fulfilled') return { path, attributes: answer.value };
  if (isRefusal(answer.reason, SFTP_STATUS.noSuchFile)) return { path, attributes: null };
  throw toSftpError(answer.reason, path);
}

function refuseNoDirectory({ path, attributes }: Step): void {
  const kind = kindOfMode(attributes?.mode ?? null);
  if (kind === 'dir') return;
  if (kind !== 'file') throw forbiddenKind(path, kind);
  throw new StorageError('not-a-directory', `${path}: a file, not a directory`);
}

function missing(path: string): StorageError {
  return new StorageError('not-found', `${path}: there is no such file or directory`);
}

/** Two makers of one directory may race: the look afterwards decides. */
async function makeStep(place: SftpPlace, path: string): Promise<void> {
  const { sftp } = place;
  const bytes = hostBytes(place, path);
  const directory = hostBytes(place, parentPath(path));
  try {
    await sftp.makeDirectory(bytes);
  } catch (error) {
    const attributes = await sftp.lstat(bytes).catch(() => null);
    if (attributes === null) throw await explainWriteFailure(place, { directory, path, error });
    refuseNoDirectory({ path, attributes });
  }
  await syncDirectory(sftp, directory);
}
