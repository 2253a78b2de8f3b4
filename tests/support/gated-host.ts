import { createConnection } from 'node:net';
import { type Sshd, startSshd } from './sshd.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** An SSH host behind a gate that can be shut while data is on its way: nothing comes, and nobody says why. */
export interface GatedHost extends AsyncDisposable {
  readonly sshd: Sshd;
  /** How to enter it through the gate. */
  readonly entrance: Pick<Sshd, 'port' | 'privateKey'>;
  /** Bytes that the host has sent through the gate so far. */
  sent(): number;
  /** Lets so many bytes of the host through on each connection, old or new, and then no more. */
  shutAfter(bytes: number): void;
  /** Lets so many bytes a second through on each connection. */
  slowDown(bytesPerSecond: number): void;
  /** Lets everything through. */
  open(): void;
}

/** Starts the host; its gate is open. */
export async function startGatedHost(): Promise<GatedHost> {
  const sshd = await startSshd();
  let sent = 0;
  let limit = Infinity;
  let rate = Infinity;
  const proxy = await startTcpProxy({
    connect: () => createConnection(sshd.port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      let passed = 0;
      client.on('data', (chunk) => backend.write(chunk));
      backend.on('data', (chunk: Buffer) => {
        sent += chunk.length;
        passed += chunk.length;
        client.write(chunk);
        if (passed >= limit) backend.pause();
        else if (rate !== Infinity) {
          backend.pause();
          setTimeout(() => backend.resume(), (chunk.length / rate) * 1_000);
        }
      });
    },
  });
  return {
    sshd,
    entrance: { port: proxy.port, privateKey: sshd.privateKey },
    sent: () => sent,
    shutAfter: (bytes) => {
      limit = bytes;
    },
    slowDown: (bytesPerSecond) => {
      rate = bytesPerSecond;
    },
    open: () => {
      limit = Infinity;
      rate = Infinity;
      for (const { backend } of proxy.pairs()) backend.resume();
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await sshd.close();
    },
  };
}
