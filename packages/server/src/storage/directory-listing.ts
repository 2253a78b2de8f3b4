import fs from 'node:fs';
import { promisify } from 'node:util';
import { procPath } from './descriptors.ts';
import { errnoOf } from './errno.ts';
import { toFileInfo } from './file-info.ts';
import { kindOf } from './file-kind.ts';
import { forEachLimit } from './for-each-limit.ts';
import { decodeName, isTextName } from './name-bytes.ts';
import { isPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import { entryPath } from './safe-open.ts';
import type { FileInfo, ListOptions } from './storage.ts';

const lstat = promisify(fs.lstat);

/** Twice the thread pool: keeps it busy without queueing 100,000 calls at once. */
const STATS_AT_ONCE = 8;

/** Lists an open directory; `path` is its path below the root. An entry that vanishes meanwhile is not listed. */
export async function listDirectory(
  directory: number,
  path: string,
  { everyName = false, onLeftOut }: ListOptions,
): Promise<readonly FileInfo[]> {
  const bytes = await fs.promises.readdir(procPath(directory), { encoding: 'buffer' });
  const names = bytes.sort((a, b) => a.compare(b)).map(decodeName);
  const listed = names.filter((name) => !isPartName(name) && (everyName || isTextName(name)));
  const found = listed.map((): FileInfo | null => null);
  await forEachLimit(listed, STATS_AT_ONCE, async (name, index) => {
    const stats = await findStats(directory, name);
    if (stats === null) return;
    const kind = kindOf(stats);
    const entry = joinName(path, name);
    if (kind === 'file' || kind === 'dir') found[index] = toFileInfo(entry, stats);
    else if (kind !== 'unknown') onLeftOut?.({ path: entry, what: kind });
  });
  return found.filter((info) => info !== null);
}

async function findStats(directory: number, name: string): Promise<fs.Stats | null> {
  try {
    return await lstat(entryPath(directory, name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
