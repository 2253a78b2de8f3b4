import fs from 'node:fs';
import type { SeenEntry } from './copy-requests.ts';
import { askCopyWorker } from './copy-workers.ts';
import { procPath } from './descriptors.ts';
import { decodeName, isTextName, nameOnDisk } from './name-bytes.ts';
import { isPartName } from './part-file.ts';
import { joinName } from './path-parts.ts';
import type { FileInfo, ListOptions } from './storage.ts';

/** What a worker looks at for one request: others get their turn in between. */
const LOOKS_AT_ONCE = 1000;

/** Lists an open directory; `path` is its path below the root. An entry that vanishes meanwhile is not listed. */
export async function listDirectory(
  directory: number,
  path: string,
  { everyName = false, onLeftOut }: ListOptions,
): Promise<readonly FileInfo[]> {
  const bytes = await fs.promises.readdir(procPath(directory), { encoding: 'buffer' });
  const names = bytes.sort((a, b) => a.compare(b)).map(decodeName);
  const listed = names.filter((name) => !isPartName(name) && (everyName || isTextName(name)));
  const seen = await lookAtAll(directory, listed);
  return listed.flatMap((name, index): readonly FileInfo[] => {
    const entry = seen[index] ?? null;
    if (entry === null) return [];
    const { kind, sizeBytes, modifiedMs, mode } = entry;
    const where = joinName(path, name);
    if (kind === 'file' || kind === 'dir') {
      return [{ path: where, name, type: kind, sizeBytes, modifiedAt: new Date(modifiedMs), mode }];
    }
    if (kind !== 'unknown') onLeftOut?.({ path: where, what: kind });
    return [];
  });
}

async function lookAtAll(directory: number, names: readonly string[]): Promise<readonly SeenEntry[]> {
  const seen: SeenEntry[] = [];
  for (let start = 0; start < names.length; start += LOOKS_AT_ONCE) {
    const portion = names.slice(start, start + LOOKS_AT_ONCE).map(nameOnDisk);
    seen.push(...(await askCopyWorker({ kind: 'look', directory, names: portion }, 0)));
  }
  return seen;
}
