import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** The two ends of a connection through a proxy. */
export interface ProxiedPair {
  readonly client: Socket;
  readonly backend: Socket;
}

/** A TCP proxy on a loopback port. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** The connections that are open. */
  pairs(): readonly ProxiedPair[];
  /** Breaks every connection at once. */
  reset(): void;
}

/** What stands behind a proxy. */
export interface TcpProxyOptions {
  /** Connects to the server. */
  readonly connect: () => Socket;
  /** Passes on what one end says to the other. Default: everything. */
  readonly wire?: (pair: ProxiedPair) => void;
}

/** Starts a proxy; the end of one side of a connection ends the other. */
export async function startTcpProxy({ connect, wire = passAll }: TcpProxyOptions): Promise<TcpProxy> {
  const pairs = new Set<ProxiedPair>();
  const server = createServer((client) => {
    const pair: ProxiedPair = { client, backend: connect() };
    pairs.add(pair);
    for (const socket of [pair.client, pair.backend]) {
      socket.on('error', () => undefined);
      socket.once('close', () => {
        pairs.delete(pair);
        pair.client.destroy();
        pair.backend.destroy();
      });
    }
    wire(pair);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    pairs: () => [...pairs],
    reset: () => {
      for (const { client, backend } of pairs) {
        // Only TCP has resets: a Unix socket is closed with its other side.
        for (const socket of [client, backend]) {
          if (socket.remoteAddress !== undefined) socket.resetAndDestroy();
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const { client, backend } of pairs) {
        client.destroy();
        backend.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

function passAll({ client, backend }: ProxiedPair): void {
  client.on('data', (chunk) => backend.write(chunk));
  backend.on('data', (chunk) => client.write(chunk));
}
