import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Breaker, createBreaker } from '../ssh/breaker.ts';
import { toOneLine } from '../ssh/one-line.ts';
import { type SshHostState, SshUnavailable } from '../ssh/ssh-host.ts';
import { orAborted } from '../ssh/until-ended.ts';
import {
  CONFIG_FILE,
  CONTROL_SOCKET,
  type OpenSshEndpoint,
  renderOpenSshFiles,
  TARGET,
} from './openssh-config.ts';
import { REMOTE_COMMAND_LINE } from './remote-command.ts';
import { createRemoteShell, type RemoteChannel, type RemoteTransport } from './remote-shell.ts';
import { type Shell, ShellUnreachable } from './shell.ts';

/** Options of {@link createOpenSshShell}. */
export interface OpenSshShellOptions {
  /** Where the private directory is made. Default: the system's temporary directory. */
  readonly parentDirectory?: string;
  /** Called once when the host stops or begins to be reachable. */
  readonly onState?: (state: SshHostState) => void;
}

/** Commands of one host at a time: each is a process here, and a channel of the one connection there. */
const COMMANDS = 6;
/** Milliseconds for the connection, through all hosts on the way. */
const OPEN_MS = 45_000;

/**
 * The shell of a host that is entered by the system's `ssh` program, for what the library lacks: certificates of
 * users, hardware keys, agents. One connection is made and shared (ControlMaster); a host that takes only one session
 * per connection makes `ssh` open further ones by itself.
 */
export function createOpenSshShell(endpoint: OpenSshEndpoint, options: OpenSshShellOptions = {}): Shell {
  return createRemoteShell(createTransport(endpoint, options));
}

interface Connection {
  readonly directory: string;
  readonly breaker: Breaker;
}

function createTransport(endpoint: OpenSshEndpoint, options: OpenSshShellOptions): RemoteTransport {
  const breaker = createBreaker({
    now: () => performance.now(),
    random: Math.random,
    onState: options.onState ?? (() => {}),
  });
  const places = createPlaces(COMMANDS);
  let written: Promise<Connection> | null = null;
  let opening: Promise<void> | null = null;

  const open = async (): Promise<Connection> => {
    written ??= writeDirectory(endpoint, options).then((directory) => ({ directory, breaker }));
    const connection = await written;
    if (!(await isListening(connection.directory))) {
      opening ??= openMaster(connection).finally(() => {
        opening = null;
      });
      await opening;
    }
    return connection;
  };

  return {
    withChannel: async (work, { signal }) => {
      const leave = await places.enter(signal);
      try {
        const { directory } = await orAborted(open(), signal);
        return await withProcess(directory, work, signal);
      } catch (error) {
        if (error instanceof SshUnavailable) throw new ShellUnreachable(error.message, { cause: error });
        throw error;
      } finally {
        leave();
      }
    },
    close: async () => {
      const connection = await written?.catch(() => null);
      if (!connection) return;
      await opening?.catch(() => {});
      await runSsh(connection.directory, ['-O', 'exit']);
      await rm(connection.directory, { recursive: true, force: true });
    },
  };
}

async function writeDirectory(endpoint: OpenSshEndpoint, options: OpenSshShellOptions): Promise<string> {
  const directory = await mkdtemp(join(options.parentDirectory ?? tmpdir(), 'arras-ssh-'));
  await chmod(directory, 0o700);
  for (const { name, text } of renderOpenSshFiles(endpoint, directory)) {
    await writeFile(join(directory, name), text, { mode: 0o600, flag: 'wx' });
  }
  return directory;
}

/** A socket that its owner left behind when it was killed takes no connection. */
function isListening(directory: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(directory, CONTROL_SOCKET));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** With `-f` the process ends when the connection stands, and leaves the connection's owner behind. */
async function openMaster({ directory, breaker }: Connection): Promise<void> {
  breaker.check();
  await rm(join(directory, CONTROL_SOCKET), { force: true });
  const { exitCode, said } = await runSsh(directory, ['-f', '-N', '-M']);
  if (exitCode === 0) return breaker.succeeded();
  const error = explain(exitCode, said);
  breaker.failed(error);
  throw error;
}

/** The words in which OpenSSH's client fails, from its sources; the last of its lines tells the reason. */
const STEPS: readonly (readonly [RegExp, SshUnavailable['step']])[] = [
  [/Could not resolve hostname/, 'resolve'],
  [/Host key verification failed|HOST IDENTIFICATION HAS CHANGED|no matching host key/i, 'host-key'],
  [/Permission denied|Too many authentication failures|Load key/, 'authenticate'],
];

function explain(exitCode: number | null, said: string): SshUnavailable {
  if (exitCode === null) return new SshUnavailable('connect', `no connection within ${OPEN_MS} ms`);
  const step = STEPS.find(([words]) => words.test(said))?.[1] ?? 'connect';
  const reason = said.trim().split('\n').at(-1) ?? '';
  return new SshUnavailable(step, toOneLine(reason) || `ssh ended with exit code ${exitCode}`);
}

async function withProcess<T>(
  directory: string,
  work: (channel: RemoteChannel) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const child = startSsh(directory, [], [REMOTE_COMMAND_LINE], 'pipe');
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  try {
    return await orAborted(
      work({ input: child.stdin, output: child.stdout, errors: child.stderr, ended }),
      signal,
    );
  } finally {
    // What the command left behind may keep the channel open; we have the whole answer or need none.
    child.kill('SIGTERM');
    child.stdout.destroy();
    child.stderr.destroy();
  }
}

/** Runs `ssh` to its end; exit code null: it took too long. */
function runSsh(
  directory: string,
  options: readonly string[],
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  return new Promise((resolve) => {
    const child = startSsh(directory, options, [], 'ignore');
    let said = '';
    child.stderr.setEncoding('utf8');
    child.stderr.on('data', (text: string) => {
      said = (said + text).slice(-4_096);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), OPEN_MS);
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
    // Not `close`: the owner that -f leaves behind may keep the pipes.
    child.once('exit', (exitCode) => {
      if (exitCode === 0 || exitCode === null) end(exitCode);
      else setTimeout(() => end(exitCode), DRAIN_MS);
    });
  });
}

/** How long the last words of a process may take after its end, in milliseconds. */
const DRAIN_MS = 20;

/** Nothing of the service's environment but the path to programs, which `ssh` needs to start itself for a jump. */
function startSsh(
  directory: string,
  options: readonly string[],
  command: readonly string[],
  stdin: 'pipe' | 'ignore',
): ChildProcessByStdio<Writable, Readable, Readable> {
  const words = ['-F', join(directory, CONFIG_FILE), '-T', ...options, TARGET, ...command];
  return spawn('ssh', words, {
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
    stdio: [stdin, 'pipe', 'pipe'],
  }) as ChildProcessByStdio<Writable, Readable, Readable>;
}

interface Places {
  /** Waits for a place; the answer gives it back. Rejects with the signal's reason. */
  enter(signal: AbortSignal | undefined): Promise<() => void>;
}

function createPlaces(count: number): Places {
  let free = count;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    enter: async (signal) => {
      signal?.throwIfAborted();
      if (free > 0) free -= 1;
      else {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.push(resolve);
        await orAborted(promise, signal).catch((error: unknown) => {
          const index = waiting.indexOf(resolve);
          // Given in the same moment: to the next.
          if (index < 0) leave();
          else waiting.splice(index, 1);
          throw error;
        });
      }
      return leave;
    },
  };
}
