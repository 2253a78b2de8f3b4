import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { renderManual } from '../man-page.ts';

/** Writes the pages of the manual into a directory, such as ~/.local/share/man/man1, and gives their paths. */
export async function writeManual(program: Command, directory: string): Promise<readonly string[]> {
  await mkdir(directory, { recursive: true });
  const pages = renderManual(program, manifest.version);
  for (const { fileName, text } of pages) await writeFile(join(directory, fileName), text);
  return pages.map(({ fileName }) => join(directory, fileName));
}
