import type { ClientChannel } from 'ssh2';
import { createBreaker } from './breaker.ts';
import { createSftpSessions } from './sftp-sessions.ts';
import { openConnection, type SshConnection } from './ssh-connection.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import {
  SSH_LIMITS,
  type SshChannelOptions,
  type SshHost,
  type SshHostOptions,
  SshUnavailable,
} from './ssh-host.ts';
import { createSshPool, type SshPool } from './ssh-pool.ts';
import { untilEnded } from './until-ended.ts';

/** How long the host may take to confirm the end of a channel before its place is used again, in milliseconds. */
const CLOSE_MS = 2_000;

/** Makes a host. Nothing is connected until it is needed. */
export function createSshHost(endpoint: SshEndpoint, options: SshHostOptions = {}): SshHost {
  const limits = { ...SSH_LIMITS, ...options.limits };
  const { now = () => performance.now(), random = Math.random, isAllowedAddress = () => true } = options;
  const closing = new AbortController();
  const breaker = createBreaker({ now, random, onState: options.onState ?? (() => {}) });
  const pool = createSshPool({
    limits,
    now,
    breaker,
    connect: () => openConnection(endpoint, { limits, random, isAllowedAddress, signal: closing.signal }),
  });
  const sessions = createSftpSessions(pool, limits);
  return {
    withChannel: (commandLine, work, channelOptions = {}) =>
      withChannel(pool, commandLine, work, channelOptions),
    withSftp: (work, signal) => sessions.use(work, signal),
    close: async () => {
      pool.close();
      closing.abort(new SshUnavailable('connect', 'the connections to the host were closed'));
    },
  };
}

async function withChannel<T>(
  pool: SshPool,
  commandLine: string,
  work: (channel: ClientChannel) => Promise<T>,
  { signal, evictable = false }: SshChannelOptions,
): Promise<T> {
  const open = (connection: SshConnection) => connection.execute(commandLine);
  const { channel, connection, release } = await pool.openChannel({ open, signal });
  // Listened for from the start: the host may close it while `work` is still looking at what it said.
  const closed = new Promise<void>((resolve) => channel.once('close', () => resolve()));
  const keep = evictable ? pool.offerEviction(() => channel.close()) : () => {};
  try {
    return await untilEnded({ work: work(channel), connection, signal });
  } finally {
    keep();
    endChannel(channel, Promise.race([closed, connection.ended]), release);
  }
}

/** The place is free when the host says so. Output nobody reads any more would hold that message back. */
function endChannel(channel: ClientChannel, ended: Promise<unknown>, release: () => void): void {
  const timer = setTimeout(release, CLOSE_MS);
  timer.unref();
  void ended.then(() => {
    clearTimeout(timer);
    release();
  });
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
