import type { Duplex } from 'node:stream';
import { dial } from './dial.ts';
import { SAFE_ALGORITHMS } from './handshake.ts';
import { HOST_KEY_GROUPS, type HostKeyAlgorithm, renderHostKey } from './host-keys.ts';
import { toOneLine } from './one-line.ts';
import { openConnection } from './ssh-connection.ts';
import type { SshEndpoint } from './ssh-endpoint.ts';
import { SSH_LIMITS, type SshHostOptions, SshUnavailable } from './ssh-host.ts';
import { ssh2 } from './ssh-library.ts';

/** Where to ask for host keys. */
export interface HostKeysWanted extends Pick<SshHostOptions, 'isAllowedAddress' | 'limits'> {
  readonly host: string;
  readonly port: number;
  /** The host through which it is reached, with its pinned keys. */
  readonly via: SshEndpoint | null;
}

/**
 * Asks a host for its keys, one of each type, best first, as they are pinned: `ssh-ed25519 AAAA…`. Nothing about a
 * user is sent: each connection ends before authentication. What is returned is only as true as the network: someone
 * must compare the fingerprints. Rejects with {@link SshUnavailable}.
 */
export async function fetchHostKeys(wanted: HostKeysWanted): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const algorithms of HOST_KEY_GROUPS) {
    const blob = await fetchKey(wanted, algorithms);
    if (blob !== null) keys.push(renderHostKey(blob));
  }
  return keys;
}

async function fetchKey(
  wanted: HostKeysWanted,
  algorithms: readonly HostKeyAlgorithm[],
): Promise<Buffer | null> {
  const { host, port, via, isAllowedAddress = () => true } = wanted;
  const limits = { ...SSH_LIMITS, ...wanted.limits };
  if (via === null) {
    const socket = await dial({ host, port, isAllowedAddress, timeoutMs: limits.connectMs });
    return captureKey(socket, wanted, algorithms, limits.handshakeMs);
  }
  const gate = await openConnection(via, { limits, isAllowedAddress, random: Math.random });
  try {
    return await captureKey(await gate.forward(host, port), wanted, algorithms, limits.handshakeMs);
  } finally {
    gate.close();
  }
}

/** null when the host has no key for these algorithms. */
function captureKey(
  socket: Duplex,
  { host, port }: HostKeysWanted,
  algorithms: readonly HostKeyAlgorithm[],
  timeoutMs: number,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    const settle = (error: Error | null) => {
      socket.destroy();
      if (error === null || error.message.includes('no matching host key format')) resolve(null);
      else reject(new SshUnavailable('connect', `${host} port ${port}: ${toOneLine(error.message)}`));
    };
    client.on('error', settle);
    client.on('close', () => settle(new Error('the connection was closed')));
    client.connect({
      sock: socket,
      host,
      username: 'nobody',
      readyTimeout: timeoutMs,
      algorithms: { ...SAFE_ALGORITHMS, serverHostKey: [...algorithms] },
      hostVerifier: (blob: Buffer) => {
        resolve(blob);
        return false;
      },
    });
  });
}
