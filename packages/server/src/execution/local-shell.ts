import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority, userInfo } from 'node:os';
import { installLocally, moveLocalFiles, readSmallLocalFiles } from './local-files.ts';
import { watchLocal } from './local-watch.ts';
import { collectOutput } from './output-cap.ts';
import {
  type Shell,
  type ShellCommand,
  type ShellLimits,
  type ShellResult,
  ShellUnreachable,
} from './shell.ts';

/**
 * How long a finished command's output may stay open before it is cut, in milliseconds: a child that it left
 * behind with our pipe would else hold the call until its time limit.
 */
const DRAIN_MS = 200;

/** Options of {@link createLocalShell}. */
export interface LocalShellOptions {
  /** The whole environment of commands and jobs. Default: {@link cleanEnvironment}. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Runs scripts on this host. Commands, and the jobs they launch, get a fixed environment and none of the
 * service's own variables; each runs in a session of its own, so that a time limit can end it whole.
 */
export function createLocalShell(options: LocalShellOptions = {}): Shell {
  const environment = options.environment ?? cleanEnvironment();
  return {
    remote: false,
    run: (command, limits) => run(command, limits, environment),
    install: installLocally,
    readSmallFiles: readSmallLocalFiles,
    moveFiles: moveLocalFiles,
    watch: watchLocal,
    close: async () => {},
  };
}

/** The environment a login of the service's account would have, built from the account and nothing else. */
export function cleanEnvironment(): Readonly<Record<string, string>> {
  const account = findAccount();
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: account.homedir,
    USER: account.username,
    LOGNAME: account.username,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
  };
}

function findAccount(): { readonly homedir: string; readonly username: string } {
  try {
    return userInfo();
  } catch {
    // Containers may run under a number that no account has.
    return { homedir: '/', username: String(process.getuid?.() ?? 'unknown') };
  }
}

async function run(
  command: ShellCommand,
  limits: ShellLimits,
  env: Readonly<Record<string, string>>,
): Promise<ShellResult> {
  limits.signal?.throwIfAborted();
  // --norc: with a socket as standard input bash would take itself for a remote shell and run ~/.bashrc.
  const words = ['--norc', '-c', command.script, 'arras', ...(command.args ?? [])];
  const child = spawn('/bin/bash', words, {
    detached: true,
    cwd: '/',
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  yieldToService(child);
  const stdout = collectOutput(child.stdout);
  const stderr = collectOutput(child.stderr);
  // A script that ends without reading its input breaks the pipe; its exit code tells the rest.
  child.stdin.on('error', () => {});
  child.stdin.end(command.stdin ?? '');
  const end = await untilClosed(child, limits);
  limits.signal?.throwIfAborted();
  return {
    exitCode: end.timedOut ? null : end.exitCode,
    stdout: stdout.text(),
    stderr: stderr.text(),
    timedOut: end.timedOut,
    truncated: stdout.truncated() || stderr.truncated(),
  };
}

/** Commands and the programs they launch give way to the service and its database when the host is busy. */
const NICENESS = 10;

function yieldToService(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    setPriority(child.pid, NICENESS);
  } catch {
    // It has ended already, or the host does not let us: the command runs all the same.
  }
}

function untilClosed(
  child: ChildProcess,
  limits: ShellLimits,
): Promise<{ readonly exitCode: number | null; readonly timedOut: boolean }> {
  return new Promise((resolve, reject) => {
    let timedOut = false;
    let drain: NodeJS.Timeout | undefined;
    const stop = () => endGroup(child);
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, limits.timeoutMs);
    limits.signal?.addEventListener('abort', stop, { once: true });
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(drain);
      limits.signal?.removeEventListener('abort', stop);
    };
    child.once('error', (cause) => {
      settle();
      reject(new ShellUnreachable('this host could not start a process', { cause }));
    });
    child.once('exit', () => {
      // Behind a busy event loop timers come first: what is in the pipe by now is read before it is closed.
      drain = setTimeout(() => setImmediate(() => closePipes(child)), DRAIN_MS);
    });
    child.once('close', (exitCode) => {
      settle();
      resolve({ exitCode, timedOut });
    });
  });
}

function endGroup(child: ChildProcess): void {
  // An exited leader is reaped and its number may be a stranger's by now: signal only while it is our child.
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group ended between the check and the signal: what was wanted.
    }
  }
}

function closePipes(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}
