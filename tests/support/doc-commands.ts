import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledSources } from './test-workspace.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The blocks of a page that are marked `sh`: commands to be run in their order. Others are only read. */
export function readCommands(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
}

/** How a page's commands ended. */
export interface PageResult {
  readonly code: number | null;
  /** All that was printed, with each command before its output. */
  readonly output: string;
}

/** Runs all commands of a page in one shell in the checkout, as a reader would type them; the first failure ends it. */
export function runPage(page: string, environment: Readonly<Record<string, string>>): Promise<PageResult> {
  return runBlocks(readCommands(page), environment, ROOT);
}

/** Runs blocks of commands in one shell in a directory; the first failure ends it. */
export async function runBlocks(
  blocks: readonly string[],
  environment: Readonly<Record<string, string>>,
  cwd: string,
): Promise<PageResult> {
  // What a page starts in the background must not outlive a failure.
  const tidy = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT";
  const script = ['set -euo pipefail', 'exec 2>&1', tidy, ...blocks.map(echoed)].join('\n');
  const directory = await mkdtemp(join(tmpdir(), 'arras-page-'));
  const path = join(directory, 'output');
  try {
    // A file and no pipe: Node makes the pipes that it shares with others refuse what they cannot take at once.
    await using file = await open(path, 'w');
    const child = spawn('bash', ['-c', script], {
      cwd,
      stdio: ['ignore', file.fd, 'inherit'],
      env: { PATH: process.env['PATH'] ?? '', ...compiledSources(), ...environment },
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output: await readFile(path, 'utf8') };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Shows the block before it runs, so that a failure names its place. */
function echoed(block: string): string {
  return `cat <<'END-OF-BLOCK'\n$ ${block}END-OF-BLOCK\n${block}`;
}
