import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { CONFIG_FILE, TARGET } from './openssh-config.ts';

/** What the system's `ssh` is told. None of it is a user's: hosts and names are in the configuration. */
export interface OpenSshCall {
  /** The private directory with the configuration. */
  readonly directory: string;
  /** In front of the host. */
  readonly options?: readonly string[];
  /** Behind the host: a constant command line, or a subsystem's name. */
  readonly command?: readonly string[];
}

/** How `ssh` ended. */
export interface OpenSshEnd {
  /** null: it took too long. */
  readonly exitCode: number | null;
  /** Its last words, at most. */
  readonly said: string;
}

/** How long the last words of a process may take after its end, in milliseconds. */
const DRAIN_MS = 20;
/** Characters of its last words that are kept. */
const SAID = 4_096;

/** Starts `ssh` with pipes. A program that cannot be started says so by the event `error`. */
export function startOpenSsh(
  { directory, options = [], command = [] }: OpenSshCall,
  stdin: 'pipe' | 'ignore' = 'pipe',
): ChildProcessByStdio<Writable, Readable, Readable> {
  const words = ['-F', join(directory, CONFIG_FILE), '-T', ...options, TARGET, ...command];
  return spawn('ssh', words, {
    cwd: '/',
    // Nothing of the service's but the path to programs, which `ssh` needs to start itself for a jump.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: [stdin, 'pipe', 'pipe'],
    // Null only for a stdin that is ignored, which nobody writes to.
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
}

/** Runs `ssh` to its end, or kills it after a time. `onLine` hears each line of its standard error as it comes. */
export function runOpenSsh(
  call: OpenSshCall,
  limits: { readonly timeoutMs: number; readonly onLine?: (line: string) => void },
): Promise<OpenSshEnd> {
  return new Promise((resolve) => {
    const child = startOpenSsh(call, 'ignore');
    let said = '';
    let line = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      said = (said + text).slice(-SAID);
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(-SAID);
      for (const each of lines) limits.onLine?.(each);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limits.timeoutMs);
    const end = (exitCode: number | null) => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ exitCode, said });
    };
    child.once('error', (error) => {
      said = `the ssh program cannot be started: ${error.message}`;
      end(-1);
    });
    // Not `close`: the owner of a connection that -f leaves behind may keep the pipes.
    child.once('exit', (exitCode) => {
      if (exitCode === null) end(exitCode);
      else setTimeout(() => end(exitCode), DRAIN_MS);
    });
  });
}
