import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { runChecks } from './check.ts';
import { startTestServer, TEST_SERVER } from './support/database.ts';
import { requireTools } from './support/required-tools.ts';

// npm test                   the static checks, then every test
// npm test -- tests/faults   the tests of matching paths, without the static checks
// npm test -- "racing stops" the tests whose title matches

const ROOT = join(import.meta.dirname, '..');
const PATTERNS = ['packages/**/*.test.ts', 'tests/**/*.test.ts'];
const CONCURRENCY = 2;
// The longest test sweeps kill -9 over a job's life; one that takes longer than this hangs.
const TIMEOUT_MS = 300_000;

process.exitCode = await main(process.argv.slice(2));

async function main(filters: readonly string[]): Promise<number> {
  requireTools();
  const server = await startTestServer();
  process.env[TEST_SERVER] = server.templateUrl;
  const interrupted = whenInterrupted();
  try {
    const failed = filters.length === 0 ? await runChecks() : [];
    const exitCode = interrupted.aborted ? 130 : await runTests(filters, interrupted);
    if (failed.length > 0) console.error(`static checks failed: ${failed.join(', ')}`);
    return failed.length > 0 ? 1 : exitCode;
  } finally {
    await server.stop();
  }
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
      '--test',
      `--test-concurrency=${CONCURRENCY}`,
      `--test-timeout=${TIMEOUT_MS}`,
      '--test-reporter=spec',
      ...byTitle.map((title) => `--test-name-pattern=${title}`),
      ...files,
    ],
    interrupted,
  );
}

function findTestFiles(): readonly string[] {
  return globSync(PATTERNS, { cwd: ROOT, exclude: (name) => name.endsWith('node_modules') }).sort();
}

function runNode(args: readonly string[], interrupted: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
    interrupted.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    child.once('error', reject);
    child.once('exit', (code) => resolve(interrupted.aborted ? 130 : (code ?? 1)));
  });
}
