import { createBreaker } from './breaker.ts';
import { createSftpSessions } from './sftp-sessions.ts';
import { openConnection, type SshConnection } from './ssh-connection.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import {
  SSH_LIMITS,
  type SshChannel,
  type SshChannelOptions,
  type SshHost,
  type SshHostOptions,
  SshUnavailable,
} from './ssh-host.ts';
import { createSshPool, type SshPool } from './ssh-pool.ts';
import { untilEnded } from './until-ended.ts';

/** How long the host may take to confirm the end of a channel before its place is used again, in milliseconds. */
const CLOSE_MS = 2_000;

/** Makes a host that the library enters. Nothing is connected until it is needed. */
export function createSshHost(endpoint: SshEndpoint, options: SshHostOptions = {}): SshHost {
  const limits = { ...SSH_LIMITS, ...options.limits };
  const { random = Math.random, isAllowedAddress = () => true } = options;
  const closing = new AbortController();
  return createPooledHost({
    options: { ...options, limits },
    connect: () => openConnection(endpoint, { limits, random, isAllowedAddress, signal: closing.signal }),
    afterClose: async () =>
      closing.abort(new SshUnavailable('connect', 'the connections to the host were closed')),
  });
}

/** What a host is made of, however it is entered. */
export interface PooledHostParts {
  readonly options: SshHostOptions;
  /** Rejects with {@link SshUnavailable}. */
  readonly connect: () => Promise<SshConnection>;
  /** Called when the pool has closed its connections. */
  readonly afterClose: () => Promise<void>;
}

/** A host that shares out the channels of its connections, and rests after failures. */
export function createPooledHost({ options, connect, afterClose }: PooledHostParts): SshHost {
  const limits = { ...SSH_LIMITS, ...options.limits };
  const { now = () => performance.now(), random = Math.random } = options;
  const breaker = createBreaker({ now, random, onState: options.onState ?? (() => {}) });
  const pool = createSshPool({ limits, now, breaker, connect });
  const sessions = createSftpSessions(pool, limits);
  return {
    withChannel: (commandLine, work, channelOptions = {}) =>
      withChannel(pool, commandLine, work, channelOptions),
    withSftp: (work, signal) => sessions.use(work, signal),
    close: async () => {
      pool.close();
      await afterClose();
    },
  };
}

async function withChannel<T>(
  pool: SshPool,
  commandLine: string,
  work: (channel: SshChannel) => Promise<T>,
  { signal, evictable = false }: SshChannelOptions,
): Promise<T> {
  const open = (connection: SshConnection) => connection.execute(commandLine);
  const { channel, connection, release } = await pool.openChannel({ open, signal });
  const keep = evictable ? pool.offerEviction(() => channel.close()) : () => {};
  try {
    return await untilEnded({ work: work(channel), connection, signal });
  } finally {
    keep();
    endChannel(channel, connection, release);
  }
}

/** The place is free when the host says so. */
function endChannel(channel: SshChannel, connection: SshConnection, release: () => void): void {
  const timer = setTimeout(release, CLOSE_MS);
  timer.unref();
  void Promise.race([channel.ended, connection.ended]).then(() => {
    clearTimeout(timer);
    release();
  });
  channel.close();
}
