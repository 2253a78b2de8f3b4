import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './check.ts';
import { startTestServer, TEST_SERVER } from './support/database.ts';
import { listProcesses } from './support/process-table.ts';
import { requireTools } from './support/required-tools.ts';
import { openTestWorkspace } from './support/test-workspace.ts';
import { orderTestFiles } from './test-order.ts';

// npm test                   the static checks, then every test
// npm test -- tests/faults   the tests of matching paths, without the static checks
// npm test -- "racing stops" the tests whose title matches

const ROOT = join(import.meta.dirname, '..');
const BUILD = [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'packages/dashboard', '--logLevel=warn'];
const RUN_FILES = join(ROOT, 'tests/run-files.ts');
const PATTERNS = ['packages/**/*.test.ts', 'tests/**/*.test.ts'];
const CONCURRENCY = 2;
const TEST_MS = 300_000;
// node:test waits for ever for a file whose process does not end, be it stuck or kept by a leaked handle.
const FILE_MS = 400_000;
/** How many files that failed in a run of everything are tried once more. */
const AGAIN = 2;

process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  requireTools();
  const interrupted = whenInterrupted();
  const workspace = openTestWorkspace();
  let exitCode = 1;
  try {
    exitCode = await runEverything(filters, interrupted);
  } finally {
    const strays = await workspace.close();
    if (!interrupted.aborted) for (const stray of strays) console.error(`left running by a test: ${stray}`);
    if (strays.length > 0) exitCode ||= 1;
  }
  return exitCode;
}

async function runEverything(filters: readonly string[], interrupted: AbortSignal): Promise<number> {
  const server = await startTestServer();
  try {
    process.env[TEST_SERVER] = server.templateUrl;
    const failed = filters.length === 0 ? [...(await runChecks())] : [];
    // The tests of the dashboard are about what is in the sources now.
    if ((await buildDashboard()) !== 0) failed.push('build of the dashboard');
    if (failed.length > 0) console.error(`static checks failed: ${failed.join(', ')}`);
    const exitCode = interrupted.aborted ? 130 : await runTests(filters, interrupted);
    return failed.length > 0 ? 1 : exitCode;
  } finally {
    await server.stop();
  }
}

function buildDashboard(): Promise<number> {
  return runNode(BUILD, new AbortController().signal);
}

/** Ctrl-C and kill end the tests, not the runner, which still has to stop the database. */
function whenInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

function runTests(filters: readonly string[], interrupted: AbortSignal): Promise<number> {
  const all = findTestFiles();
  const byPath = filters.filter((filter) => all.some((file) => file.includes(filter)));
  const byTitle = filters.filter((filter) => !byPath.includes(filter));
  const files =
    byPath.length === 0 ? all : all.filter((file) => byPath.some((filter) => file.includes(filter)));
  if (files.length === 0) throw new Error(`Expected test files in ${PATTERNS.join(' or ')}, found none`);
  return runNode(
    [
      RUN_FILES,
      `--concurrency=${CONCURRENCY}`,
      `--timeout=${TEST_MS}`,
      `--again=${filters.length === 0 ? AGAIN : 0}`,
      ...byTitle.map((title) => `--title=${title}`),
      ...files,
    ],
    interrupted,
  );
}

function findTestFiles(): readonly string[] {
  const files = globSync(PATTERNS, { cwd: ROOT, exclude: (name) => name.endsWith('node_modules') });
  return orderTestFiles(files);
}

function runNode(args: readonly string[], interrupted: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    const watchdog = setInterval(killOverdueFiles, 5_000, child.pid, new Map());
    interrupted.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(watchdog);
      resolve(interrupted.aborted ? 130 : (code ?? 1));
    });
  });
}

/** Each child of node:test is a file; one that is killed is reported as failed. `seen` holds when each came. */
function killOverdueFiles(parent: number | undefined, seen: Map<number, number>): void {
  for (const { pid, command } of listProcesses().filter((entry) => entry.parent === parent)) {
    const since = seen.get(pid) ?? performance.now();
    seen.set(pid, since);
    if (performance.now() - since < FILE_MS) continue;
    console.error(
      `killed after ${FILE_MS / 1000} s without an end: ${command.split(' ').at(-1)} (${stateOf(pid)})`,
    );
    process.kill(pid, 'SIGKILL');
  }
}

/** Whether a process works, waits or was stopped, and for what it waits in the kernel. */
function stateOf(pid: number): string {
  const read = (name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
      return ''; // It is gone, or the kernel does not tell.
    }
  };
  const [, state = '?'] = /^State:\s*(.*)$/m.exec(read('status')) ?? [];
  return `${state}, ${read('wchan') || 'in nothing'}`;
}
