import { lookup } from 'node:dns/promises';
import { createConnection, isIP, type Socket } from 'node:net';
import { SshUnavailable } from './ssh-host.ts';

/** Where to connect to, and what limits it. */
export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** Milliseconds for the look-up and for each address. */
  readonly timeoutMs: number;
  readonly isAllowedAddress: (address: string) => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Opens a TCP connection. The addresses that are checked are those that are connected to, so that a name cannot
 * change its mind in between. Rejects with {@link SshUnavailable} of step `resolve` or `connect`.
 */
export async function dial(options: DialOptions): Promise<Socket> {
  const addresses = await resolveHost(options);
  const allowed = addresses.filter(options.isAllowedAddress);
  if (allowed.length === 0)
    throw new SshUnavailable('resolve', `${options.host} has no address that may be used`);
  let last: unknown;
  for (const address of allowed) {
    options.signal?.throwIfAborted();
    try {
      return await connect(address, options);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function resolveHost({ host, timeoutMs }: DialOptions): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), timeoutMs);
  try {
    const found = await Promise.race([lookup(host, { all: true }), late]);
    return found.map(({ address }) => address);
  } catch (cause) {
    throw new SshUnavailable('resolve', `the address of ${host} cannot be found`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

function connect(address: string, { host, port, timeoutMs, signal }: DialOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: address, port, noDelay: true, keepAlive: true });
    const fail = (reason: string, cause?: Error) => {
      settle();
      socket.destroy();
      reject(new SshUnavailable('connect', `${host} port ${port}: ${reason}`, { cause }));
    };
    const abort = () => fail('no longer wanted');
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    // Stays for the socket's life: an error that comes before its next owner listens must not end the process.
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      fail(
        cause.code === 'ECONNREFUSED' ? 'connection refused' : `no connection (${cause.code ?? 'unknown'})`,
        cause,
      );
    });
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}
