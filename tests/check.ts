import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');

/** Everything that can be said about the sources without running them; each line is a command. */
const CHECKS: readonly (readonly [title: string, program: string, ...args: string[]])[] = [
  ['format and imports', join(BIN, 'biome'), 'check', '.'],
  ['lint', join(BIN, 'oxlint'), '--type-aware', '.'],
  ['types', join(BIN, 'tsc')],
  ['types of the dashboard', join(BIN, 'tsc'), '-p', 'packages/dashboard'],
  ['generated files', process.execPath, 'tests/generate.ts', '--check'],
];

/** Runs every check, prints what each said, and returns the titles of those that failed. */
export async function runChecks(): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [title, program, ...args] of CHECKS) {
    const began = performance.now();
    const exitCode = await runToEnd(program, args);
    console.log(`${exitCode === 0 ? '✔' : '✖'} ${title} (${Math.round(performance.now() - began)} ms)`);
    if (exitCode !== 0) failed.push(title);
  }
  return failed;
}

function runToEnd(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

if (import.meta.main) {
  const failed = await runChecks();
  if (failed.length > 0) {
    console.error(`failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
