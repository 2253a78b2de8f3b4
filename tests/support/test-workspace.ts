import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { listProcesses, type ProcessEntry } from './process-table.ts';

/** The folder that everything of one test run lives in, and so what finds it again. */
export interface TestWorkspace {
  /** Ends what still runs in the workspace, removes it, and tells what ran: each is a leak of some test. */
  close(): Promise<readonly string[]>;
}

/** What a process with an environment of its own needs to find the compiled sources of the test run. */
export function compiledSources(): Readonly<Record<string, string>> {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? { NODE_DISABLE_COMPILE_CACHE: '1' } : { NODE_COMPILE_CACHE };
}

/** Makes the workspace and sends all temporary files of this process and its children there. */
export function openTestWorkspace(): TestWorkspace {
  const root = mkdtempSync(join(tmpdir(), 'arras-test-'));
  const temporary = join(root, 'tmp');
  mkdirSync(temporary);
  chmodSync(root, 0o755);
  chmodSync(temporary, 0o1777); // As /tmp: servers and jobs of the tests run as other accounts too.
  process.env.TMPDIR = temporary;
  // Services and commands are started by the hundred: half of the time each takes to start is reading its own sources.
  process.env.NODE_COMPILE_CACHE = join(root, 'compiled');
  return { close: () => closeWorkspace(root) };
}

async function closeWorkspace(root: string): Promise<readonly string[]> {
  const findStrays = () => listProcesses().filter((entry) => isInside(entry, root));
  // A moment for those that are ending by themselves.
  const strays = await eventually('nothing runs in the workspace', () => findStrays().length === 0, {
    timeoutMs: 3_000,
  }).then(
    () => [],
    () => findStrays(),
  );
  for (const { pid } of strays) endProcess(pid);
  await rm(root, { recursive: true, force: true, maxRetries: 10 });
  return strays.map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
}

function isInside({ directory, command }: ProcessEntry, root: string): boolean {
  return directory.startsWith(`${root}/`) || command.includes(`${root}/`);
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}
