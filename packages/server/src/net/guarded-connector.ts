import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  getCACertificates,
  type SecureContext,
  TLSSocket,
} from 'node:tls';
import { callbackify } from 'node:util';
import type { buildConnector } from 'undici';
import { BlockedError } from './blocked.ts';

/** A connection was not ready in time. */
export class ConnectTimeout extends Error {
  override readonly name = 'ConnectTimeout';
}

/** TLS could not be agreed on: no certificate that is trusted for this name, or no TLS at all. */
export class TlsFailure extends Error {
  override readonly name = 'TlsFailure';
}

/** Time to find the address, connect, and agree on TLS (P18). */
const CONNECT_MS = 5_000;

/** How connections are guarded. */
export interface ConnectorRules {
  readonly denies: (address: string) => boolean;
  readonly lookup: LookupFunction;
  readonly trust: SecureContext;
}

/** Trusts the well-known authorities and those in `authorities` (PEM). */
export function createTrust(authorities?: string): SecureContext {
  return createSecureContext(
    authorities === undefined ? {} : { ca: [...getCACertificates('default'), authorities] },
  );
}

/** URLs write IPv6 addresses in brackets. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * Opens connections for undici. Its own connector never looks up literal addresses and begins TLS before anyone could
 * see where the socket leads, so ours opens the socket itself, looks, and only then lets a byte pass.
 */
export function createConnector(rules: ConnectorRules): buildConnector.connector {
  const connect = callbackify((target: buildConnector.Options): Promise<Socket> => {
    const host = bareHost(target.hostname);
    const isSecure = target.protocol === 'https:';
    const port = Number(target.port) || (isSecure ? 443 : 80);
    return connectInTime(rules, { host, port, secureContext: isSecure ? rules.trust : null });
  });
  return (target, done) => {
    connect(target, (error, socket) => (error === null ? done(null, socket) : done(error, null)));
  };
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** Null: no TLS. */
  readonly secureContext: SecureContext | null;
}

async function connectInTime({ denies, lookup }: ConnectorRules, place: Place): Promise<Socket> {
  const { host, port, secureContext } = place;
  if (isIP(host) !== 0 && denies(host)) throw new BlockedError();
  let socket: Socket = connectTcp({ host, port, lookup, autoSelectFamily: true, noDelay: true });
  const late = new ConnectTimeout('no connection in time');
  const deadline = setTimeout(() => socket.destroy(late), CONNECT_MS);
  try {
    await untilReady(socket, 'connect');
    if (socket.remoteAddress === undefined || denies(socket.remoteAddress)) throw new BlockedError();
    if (secureContext === null) return socket;
    // From here on only the upper socket is touched: it owns the lower one, whose end under it can crash Node 24.
    socket = wrapInTls(socket, host, secureContext);
    await untilReady(socket, 'secureConnect');
    return socket;
  } catch (error) {
    socket.destroy();
    throw socket instanceof TLSSocket && error !== late ? new TlsFailure('no TLS', { cause: error }) : error;
  } finally {
    clearTimeout(deadline);
  }
}

function wrapInTls(socket: Socket, host: string, secureContext: SecureContext): TLSSocket {
  // An address has no server name to send; the certificate is checked against `host` either way.
  const servername = isIP(host) === 0 ? host.replace(/\.$/, '') : '';
  return connectTls({ socket, host, servername, secureContext, ALPNProtocols: ['http/1.1'] });
}

/** Waits until a socket is ready; rejects with its error, or when it closes first. */
function untilReady(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  // Errors between two owners of the socket must not end the process; both learn of them from 'close'.
  socket.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      socket.off(event, onReady).off('error', onError).off('close', onClose);
      settle();
    };
    const onReady = () => end(resolve);
    const onError = (error: Error) => end(() => reject(error));
    const onClose = () => end(() => reject(new Error('the connection was closed')));
    socket.on(event, onReady).on('error', onError).on('close', onClose);
  });
}
