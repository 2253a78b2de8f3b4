import { rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { toOneLine } from './one-line.ts';
import { CONTROL_SOCKET } from './openssh-config.ts';
import { type OpenSshCall, runOpenSsh, startOpenSsh } from './openssh-process.ts';
import { createSftpClient, type SftpClient } from './sftp-client.ts';
import type { SshConnection } from './ssh-connection.ts';
import { type SshChannel, SshUnavailable } from './ssh-host.ts';

/** Milliseconds for the connection, through all hosts on the way. */
const OPEN_MS = 45_000;
/** Milliseconds for the word that ends a connection. */
const EXIT_MS = 5_000;

/** What opening a connection needs. */
export interface OpenSshConnectionParts {
  /** The private directory with the configuration; the control socket is made there. */
  readonly directory: string;
  /** For the first words of an SFTP session, in milliseconds. */
  readonly channelMs: number;
  /** Hears each line that `ssh` says on the way; asks it to say more. */
  readonly onLine?: (line: string) => void;
}

/** A connection of the `ssh` program, and when its owner has gone. */
export interface OpenSshConnection extends SshConnection {
  /** Ends it; resolves when that is done. */
  exit(): Promise<void>;
}

/**
 * A connection that the `ssh` program makes and shares (ControlMaster). Its owner is a process that outlives the one
 * which opened it; we hold a link to its socket. That link tells at once when the connection has ended, and when it
 * ends because the service was killed, the owner goes by itself (ControlPersist). Rejects with {@link SshUnavailable}.
 */
export async function openOpenSshConnection(parts: OpenSshConnectionParts): Promise<OpenSshConnection> {
  const { directory, channelMs, onLine } = parts;
  // One that an owner left behind when it was killed.
  await rm(join(directory, CONTROL_SOCKET), { force: true });
  const options = [...(onLine === undefined ? [] : ['-v']), '-f', '-N', '-M'];
  const { exitCode, said } = await runOpenSsh(
    { directory, options },
    { timeoutMs: OPEN_MS, ...(onLine !== undefined && { onLine }) },
  );
  if (exitCode !== 0) throw explainEnd(exitCode, said);
  return createConnection(directory, await holdSocket(directory), channelMs);
}

/** The words in which OpenSSH's client fails, from its sources. */
const STEPS: readonly (readonly [RegExp, SshUnavailable['step']])[] = [
  [/Could not resolve hostname/, 'resolve'],
  [/Host key verification failed|HOST IDENTIFICATION HAS CHANGED|no matching host key/i, 'host-key'],
  [/Permission denied|Too many authentication failures|Load key/, 'authenticate'],
];

/** The last of its lines tells the reason; those of `-v` are no reasons. */
function explainEnd(exitCode: number | null, said: string): SshUnavailable {
  if (exitCode === null) return new SshUnavailable('connect', `no connection within ${OPEN_MS} ms`);
  const lines = said.trim().split(/\r?\n/);
  const reasons = lines.filter((line) => !/^(debug\d|OpenSSH_|Transferred:|Bytes per)/.test(line));
  const step = STEPS.find(([words]) => reasons.some((line) => words.test(line)))?.[1] ?? 'connect';
  const reason = toOneLine(reasons.at(-1) ?? '');
  return new SshUnavailable(step, reason || `ssh ended with exit code ${exitCode}`);
}

function holdSocket(directory: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(join(directory, CONTROL_SOCKET));
    socket.once('connect', () => resolve(socket));
    socket.on('error', (cause) => {
      reject(new SshUnavailable('connect', 'the connection ended as soon as it stood', { cause }));
    });
  });
}

function createConnection(directory: string, held: Socket, channelMs: number): OpenSshConnection {
  const { promise: ended, resolve } = Promise.withResolvers<SshUnavailable>();
  let open = true;
  const end = (reason: string) => {
    open = false;
    held.destroy();
    resolve(new SshUnavailable('connect', reason));
  };
  // It greets us; nothing we know how to say follows.
  held.resume();
  held.once('close', () => end('the connection was cut'));
  let exiting: Promise<void> | null = null;
  const exit = async () => {
    end('the connection was closed');
    await runOpenSsh({ directory, options: ['-O', 'exit'] }, { timeoutMs: EXIT_MS });
  };
  const close = () => {
    exiting ??= exit();
    return exiting;
  };
  return {
    ended,
    isOpen: () => open,
    execute: async (commandLine) => startChannel({ directory, command: [commandLine] }),
    openSftp: () => beginSftp(startChannel({ directory, options: ['-s'], command: ['sftp'] }), channelMs),
    close: () => void close(),
    exit: close,
  };
}

/** A host that takes only one session of a connection makes `ssh` open a further connection by itself. */
function startChannel(call: OpenSshCall): SshChannel {
  const child = startOpenSsh(call);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  return {
    input: child.stdin,
    output: child.stdout,
    errors: child.stderr,
    ended,
    close: () => {
      // What the command left behind may keep the pipes open: we have the whole answer or need none.
      child.kill('SIGTERM');
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

async function beginSftp(channel: SshChannel, timeoutMs: number): Promise<SftpClient> {
  let said = '';
  channel.errors.setEncoding('utf8');
  channel.errors.on('data', (text: string) => {
    said = (said + text).slice(-1_000);
  });
  const timer = setTimeout(() => channel.close(), timeoutMs);
  try {
    const client = await createSftpClient(Duplex.from({ readable: channel.output, writable: channel.input }));
    void client.ended.then(() => channel.close());
    return client;
  } catch (error) {
    channel.close();
    const reason = toOneLine(said.trim().split('\n').at(-1) ?? '');
    throw new SshUnavailable('channel', `no SFTP session${reason && `: ${reason}`}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
