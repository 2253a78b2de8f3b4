import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientChannel } from 'ssh2';
import { dial } from './dial.ts';
import { SshDropped, shakeHands } from './handshake.ts';
import { toOneLine } from './one-line.ts';
import { createSftpClient, type SftpClient } from './sftp-client.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import { type SshChannel, type SshLimits, SshUnavailable } from './ssh-host.ts';

/** The host gives this connection no further channel now. */
export class ChannelRefused extends SshUnavailable {}

/** An authenticated connection. */
export interface SshConnection {
  /** Resolves with the reason when the connection has ended. */
  readonly ended: Promise<SshUnavailable>;
  isOpen(): boolean;
  /** Rejects with {@link ChannelRefused} when the host wants no more channels; the same for `openSftp`. */
  execute(commandLine: string): Promise<SshChannel>;
  openSftp(): Promise<SftpClient>;
  close(): void;
}

/** A connection by the library. */
export interface LibraryConnection extends SshConnection {
  /** A stream to another host, opened by this one. */
  forward(host: string, port: number): Promise<Duplex>;
}

/** What opening a connection needs besides the endpoint. */
export interface OpenOptions {
  readonly limits: SshLimits;
  readonly isAllowedAddress: (address: string) => boolean;
  readonly random: () => number;
  readonly signal?: AbortSignal;
}

/** How often a host that hangs up before it says who it is is tried again at once, and the first pause. */
const DROPS = 4;
const DROP_PAUSE_MS = 100;

/** Opens a connection, through the endpoint's `via` when it has one. Rejects with {@link SshUnavailable}. */
export async function openConnection(
  endpoint: SshEndpoint,
  options: OpenOptions,
): Promise<LibraryConnection> {
  // Before any connection: without a key to compare with, nothing may be sent.
  if (endpoint.hostKeys.length === 0) {
    throw new SshUnavailable('host-key', `${endpoint.host}: no host key is registered`);
  }
  for (let drops = 1; ; drops += 1) {
    try {
      return await openOnce(endpoint, options);
    } catch (error) {
      if (!(error instanceof SshDropped) || drops === DROPS) throw error;
      const pause = DROP_PAUSE_MS * 2 ** drops * (0.5 + options.random());
      await delay(pause, undefined, options.signal && { signal: options.signal });
    }
  }
}

async function openOnce(endpoint: SshEndpoint, options: OpenOptions): Promise<LibraryConnection> {
  const { limits, signal } = options;
  if (endpoint.via === null) {
    const socket = await dial({ ...endpoint, ...options, timeoutMs: limits.connectMs });
    return createConnection(endpoint, await shakeHands(socket, endpoint, limits, signal), limits);
  }
  const gate = await throughGate(openConnection(endpoint.via, options));
  try {
    const stream = await throughGate(gate.forward(endpoint.host, endpoint.port));
    const connection = createConnection(endpoint, await shakeHands(stream, endpoint, limits, signal), limits);
    void connection.ended.then(() => gate.close());
    return connection;
  } catch (error) {
    gate.close();
    throw error;
  }
}

/** Says which of the two hosts failed. */
async function throughGate<T>(step: Promise<T>): Promise<T> {
  return step.catch((error: unknown) => {
    if (!(error instanceof SshUnavailable)) throw error;
    throw new SshUnavailable(
      error.step === 'channel' ? 'connect' : error.step,
      `jump host: ${error.message}`,
      {
        cause: error,
      },
    );
  });
}

function createConnection(endpoint: SshEndpoint, client: Client, limits: SshLimits): LibraryConnection {
  const { promise: ended, resolve } = Promise.withResolvers<SshUnavailable>();
  let open = true;
  let reason = 'the connection was cut';
  // The library says `error` first and `close` always; some errors come without a close.
  const end = () => {
    open = false;
    client.destroy();
    resolve(new SshUnavailable('connect', `${endpoint.host}: ${reason}`));
  };
  client.on('error', (error) => {
    reason = toOneLine(error.message) || reason;
    end();
  });
  client.on('end', end);
  client.on('close', end);
  const call = <T>(start: () => Promise<T>, discard: (late: T) => void) =>
    openChannel({ start, discard, timeoutMs: limits.channelMs, host: endpoint.host, giveUp: end });
  return {
    ended,
    isOpen: () => open,
    execute: (commandLine) =>
      call(
        async () => toChannel(await promised<ClientChannel>((done) => client.exec(commandLine, done))),
        (late) => late.close(),
      ),
    openSftp: () =>
      call(
        () => beginSftp(client),
        (late) => late.end(),
      ),
    forward: (host, port) =>
      call(
        () => promised<ClientChannel>((done) => client.forwardOut('127.0.0.1', 0, host, port, done)),
        (late) => late.close(),
      ),
    close: () => {
      reason = 'the connection was closed';
      end();
    },
  };
}

/** The session's first words are part of opening it, and of the time that it may take. */
async function beginSftp(client: Client): Promise<SftpClient> {
  const channel = quietErrors(await promised<ClientChannel>((done) => client.subsys('sftp', done)));
  channel.stderr.resume();
  return createSftpClient(channel);
}

type Done<T> = (error: Error | undefined, value: T) => void;

/** `Not connected`, where the connection ended a moment ago, the library throws at once. */
function promised<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error === undefined ? resolve(value) : reject(error)));
  });
}

interface ChannelCall<T> {
  readonly start: () => Promise<T>;
  /** What is done with a channel that comes after we gave up. */
  readonly discard: (late: T) => void;
  readonly timeoutMs: number;
  readonly host: string;
  /** Ends a connection whose host does not answer: keepalives may still be answered by something in between. */
  readonly giveUp: () => void;
}

async function openChannel<T>({ start, discard, timeoutMs, host, giveUp }: ChannelCall<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const opening = start();
  const timer = setTimeout(() => {
    opening.then(discard, () => {});
    giveUp();
    reject(new SshUnavailable('channel', `${host}: gave no channel within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([opening, late]);
  } catch (error) {
    throw explainRefusal(error, host);
  } finally {
    clearTimeout(timer);
  }
}

/** Refusals of a channel carry the host's reason; a command or subsystem that is not offered does not. */
function explainRefusal(error: unknown, host: string): SshUnavailable {
  if (error instanceof SshUnavailable) return error;
  const message = `${host}: ${toOneLine(error instanceof Error ? error.message : String(error))}`;
  const isRefusal = error instanceof Error && 'reason' in error && typeof error.reason === 'number';
  return isRefusal ? new ChannelRefused('channel', message) : new SshUnavailable('channel', message);
}

function toChannel(channel: ClientChannel): SshChannel {
  quietErrors(channel);
  return {
    input: channel,
    output: channel,
    errors: channel.stderr,
    // Listened for from the start: the host may close it while its user is still looking at what it said.
    ended: new Promise((resolve) => channel.once('close', resolve)),
    close: () => {
      // Output nobody reads any more would hold the host's word back that it is closed.
      channel.resume();
      channel.stderr.resume();
      channel.close();
    },
  };
}

/** A channel's errors are those of its connection, which tells them; unheard they would end the process. */
function quietErrors(channel: ClientChannel): ClientChannel {
  channel.on('error', () => {});
  channel.stderr.on('error', () => {});
  return channel;
}
