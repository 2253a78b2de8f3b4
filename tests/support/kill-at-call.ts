import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A trap that kills a process as soon as one of its threads makes a system call for the nth time. */
export interface KillTrap extends AsyncDisposable {
  /** Takes the trap away; a process that has not stepped into it goes on. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Sets the trap; resolves once every thread is watched. */
export async function killAtCall(pid: number, call: string, nth: number): Promise<KillTrap> {
  const inject = `inject=${call}:signal=SIGKILL:when=${nth}`;
  const words = ['-f', '-p', String(pid), '-e', `trace=${call}`, '-e', inject, '-o', '/dev/null'];
  const tracer = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(tracer, 'exit');
  let said = '';
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (/attached/.test(said)) resolve();
    });
    tracer.once('exit', () => reject(new Error(`strace ended: ${said}`)));
  });
  return {
    [Symbol.asyncDispose]: async () => {
      // The kernel lets go of what a tracer held that dies; asked to end, strace may wait for a dead thread for ever.
      if (tracer.exitCode === null && tracer.signalCode === null) tracer.kill('SIGKILL');
      await ended;
    },
  };
}
