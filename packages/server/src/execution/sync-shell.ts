import { spawn } from 'node:child_process';

/** A disk that takes longer hangs; whoever waits then syncs its files one by one, and hears of that. Milliseconds. */
const TIMEOUT_MS = 120_000;

/**
 * Brings all that was written to a directory's file system to disk: syncfs(2), which Node does not offer and `sync` of
 * coreutils and busybox does. Rejects when that fails, and where there is no such program.
 */
export function syncFileSystem(directory: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn('sync', ['-f', directory], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    stdio: 'ignore',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  child.once('error', reject);
  child.once('exit', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`sync -f ${directory} ended with ${code ?? 'a signal'}`));
  });
  return promise;
}
