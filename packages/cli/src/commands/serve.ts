import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findServerMain } from '../server-main.ts';

/** Runs the service as a child in the foreground; signals go through, its exit code comes back. */
export async function serve(): Promise<ExitCode> {
  const child = spawn(process.execPath, [findServerMain()], { stdio: 'inherit' });
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C on a terminal reaches the child by itself; a second one would mean "at once".
    if (signal !== 'SIGINT' || !isatty(0)) child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Whatever code the service chose is passed on as it is.
    child.once('exit', (code) => resolve((code ?? EXIT.error) as ExitCode));
  });
}
