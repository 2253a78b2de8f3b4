import { isIP } from 'node:net';
import { Client } from 'basic-ftp';
import type { Credentials } from '../domain/user-info.ts';
import type { EgressGuard } from '../net/egress.ts';
import { whyPortIsRefused } from '../net/refused-ports.ts';
import { ftpFailure } from './ftp-failure.ts';
import { StorageError } from './storage.ts';

/** A server and who enters it. */
export interface FtpServer {
  readonly host: string;
  readonly port: number;
  /** Whether control and data are encrypted: by a command at the beginning (RFC 4217). */
  readonly tls: boolean;
  /** Null: anonymous. */
  readonly credentials: Credentials | null;
  readonly guard: Pick<EgressGuard, 'resolve' | 'denies' | 'trust'>;
  readonly isRegistered: boolean;
  /** Milliseconds without an answer or a byte, 60 s by default. */
  readonly stallMs?: number;
}

/** A connection that was let in. */
export interface FtpConnection {
  readonly client: Client;
  /** Whether the server describes single files by MLST (RFC 3659). */
  readonly hasMlst: boolean;
}

/** How long nothing may come by default before a connection counts as lost. */
export const STALL_MS = 60_000;

/** The services of these ports are what is asked for here. */
const OWN_PORTS: ReadonlySet<number> = new Set([20, 21]);

/**
 * Enters a server. The name is looked up and judged here, and what is connected to is an address, so that it cannot
 * change its mind; data connections, too, go to the address of the control connection only, whatever the server says.
 * Throws StorageError.
 */
export async function connectFtp(server: FtpServer): Promise<FtpConnection> {
  const why = whyFtpPortIsRefused(server.port);
  if (why !== null) throw new StorageError('forbidden', why);
  const context = { host: server.host, isRegistered: server.isRegistered };
  let last: unknown = new Error('no address');
  try {
    for (const address of await server.guard.resolve(server.host)) {
      const client = new Client(server.stallMs ?? STALL_MS, { allowSeparateTransferHost: false });
      try {
        return await enter(client, server, address);
      } catch (error) {
        client.close();
        last = error;
      }
    }
  } catch (error) {
    last = error;
  }
  throw ftpFailure(context, `ftp://${server.host}:${server.port}`, last);
}

/** Why no FTP server is entered at a port; null when one is. */
export function whyFtpPortIsRefused(port: number): string | null {
  const why = OWN_PORTS.has(port) ? null : whyPortIsRefused(port);
  return why === null ? null : `port ${port} belongs to other services (${why}) and is not called`;
}

async function enter(client: Client, server: FtpServer, address: string): Promise<FtpConnection> {
  const { host, port, tls, credentials, guard } = server;
  await client.access({
    host: address,
    port,
    user: credentials?.username ?? 'anonymous',
    password: credentials?.password ?? 'anonymous@',
    secure: tls,
    // The certificate has to be for the host as it was named.
    secureOptions: { host, servername: isIP(host) === 0 ? host : '', secureContext: guard.trust },
  });
  const connected = client.ftp.socket.remoteAddress;
  if (connected === undefined || guard.denies(connected)) throw new Error('the connection leads elsewhere');
  const features = await client.features();
  return { client, hasMlst: features.has('MLST') };
}
