import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startReceiver } from './receiver.ts';

/** A receiver in a process of its own, for tests that measure this one. */
export async function startReceiverProcess(): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = spawn(process.execPath, [import.meta.filename], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return {
    url: String(url).trim(),
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

if (import.meta.main) console.log((await startReceiver()).url);
