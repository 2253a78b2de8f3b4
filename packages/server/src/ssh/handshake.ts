import type { Duplex } from 'node:stream';
import type { Algorithms, Client, ConnectConfig } from 'ssh2';
import { createAuthHandler } from './authentication.ts';
import { algorithmsOf, type HostKey, parseHostKey, renderFingerprint } from './host-keys.ts';
import { joinWrites } from './join-writes.ts';
import { toOneLine } from './one-line.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import { type SshLimits, type SshStep, SshUnavailable } from './ssh-host.ts';
import { ssh2 } from './ssh-library.ts';

/**
 * No SHA-1 anywhere (RELIABILITY R6) and no compression, whose library code saw the least use. Strict key exchange
 * is always offered by the library.
 */
export const SAFE_ALGORITHMS: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
};

/** The host closed the connection before it said who it is: too many others knock (`MaxStartups`), or it restarts. */
export class SshDropped extends SshUnavailable {}

/**
 * Checks the host's key, then proves who the user is. Nothing about the user is sent to a host with another key.
 * Rejects with {@link SshUnavailable}; the socket is destroyed then.
 */
export async function shakeHands(
  socket: Duplex,
  endpoint: SshEndpoint,
  limits: SshLimits,
  signal?: AbortSignal,
): Promise<Client> {
  if (signal?.aborted) {
    socket.destroy();
    throw signal.reason;
  }
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const progress: Progress = { step: 'connect', greeted: false, refusal: null };
    const stop = () => socket.destroy();
    const fail = (error: Error) => {
      signal?.removeEventListener('abort', stop);
      socket.destroy();
      reject(explain(error, endpoint, progress));
    };
    client.on('handshake', () => {
      progress.greeted = true;
    });
    client.on('error', fail);
    client.on('close', () => fail(new Error('the connection was closed')));
    client.on('change password', () => fail(new Error('the password has expired')));
    client.once('ready', () => {
      signal?.removeEventListener('abort', stop);
      resolve(client);
    });
    signal?.addEventListener('abort', stop, { once: true });
    try {
      client.connect(connectConfig(socket, endpoint, limits, progress));
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** How far a handshake has come: what a failure means depends on it. */
interface Progress {
  step: SshStep;
  greeted: boolean;
  refusal: string | null;
}

function connectConfig(
  socket: Duplex,
  endpoint: SshEndpoint,
  limits: SshLimits,
  progress: Progress,
): ConnectConfig {
  const pinned = endpoint.hostKeys.map(parseHostKey);
  return {
    sock: joinWrites(socket),
    host: endpoint.host,
    username: endpoint.username,
    readyTimeout: limits.handshakeMs,
    keepaliveInterval: limits.keepaliveMs,
    keepaliveCountMax: 3,
    algorithms: { ...SAFE_ALGORITHMS, serverHostKey: algorithmsOf(pinned) },
    hostVerifier: (blob: Buffer) => verify(blob, pinned, progress),
    authHandler: createAuthHandler(endpoint),
  };
}

/** Called again at each renewal of the connection's keys. */
function verify(blob: Buffer, pinned: readonly HostKey[], progress: Progress): boolean {
  const isKnown = pinned.some((key) => key.blob.equals(blob));
  if (isKnown) progress.step = 'authenticate';
  else {
    progress.step = 'host-key';
    const expected = pinned.map((key) => renderFingerprint(key.blob)).join(' or ');
    progress.refusal = `expected the host key ${expected}, got ${renderFingerprint(blob)}`;
  }
  return isKnown;
}

/** The library's errors, in the words of {@link SshUnavailable}. */
function explain(error: Error, endpoint: SshEndpoint, progress: Progress): SshUnavailable {
  if (error instanceof SshUnavailable) return error;
  const place = `${endpoint.host} port ${endpoint.port}`;
  const level = (error as { readonly level?: string }).level;
  if (progress.refusal !== null) return new SshUnavailable('host-key', `${place}: ${progress.refusal}`);
  if (error.message.includes('no matching host key format')) {
    return new SshUnavailable('host-key', `${place}: has no host key of the type that is expected`);
  }
  if (level === 'client-authentication') {
    return new SshUnavailable('authenticate', `${place}: refused the credentials of ${endpoint.username}`);
  }
  const reason = level === 'client-timeout' ? 'no answer in time' : toOneLine(error.message);
  const message = `${place}: ${progress.step === 'authenticate' ? 'during authentication: ' : ''}${reason}`;
  if (progress.step === 'connect' && level !== 'client-timeout' && !progress.greeted) {
    return new SshDropped('connect', message);
  }
  return new SshUnavailable(progress.step, message);
}
