import { createConnection } from 'node:net';
import { createSshHost } from '../../packages/server/src/ssh/pooled-ssh-host.ts';
import type { SshHost } from '../../packages/server/src/ssh/ssh-host.ts';
import { startSshd } from './sshd.ts';
import { startTcpProxy } from './tcp-proxy.ts';

/** A real sshd behind a wire that is cut after a number of bytes. */
export interface RationedSshd extends AsyncDisposable {
  readonly host: SshHost;
  /** Bytes that may still pass, in both directions together; `Infinity` at first. Beyond them every connection is reset. */
  left: number;
  /** Resets every connection now. */
  reset(): void;
}

/** Starts both, and opens a host that is reached by way of the wire. */
export async function startRationedSshd(): Promise<RationedSshd> {
  const sshd = await startSshd();
  const proxy = await startTcpProxy({
    connect: () => createConnection(sshd.port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      const count = (chunk: Buffer): boolean => {
        rationed.left -= chunk.length;
        if (rationed.left < 0) proxy.reset();
        return rationed.left >= 0;
      };
      client.on('data', (chunk: Buffer) => count(chunk) && backend.write(chunk));
      backend.on('data', (chunk: Buffer) => count(chunk) && client.write(chunk));
    },
  });
  const host = createSshHost({ ...sshd.endpoint(), port: proxy.port });
  const rationed: RationedSshd = {
    host,
    left: Infinity,
    reset: () => proxy.reset(),
    [Symbol.asyncDispose]: async () => {
      await host.close();
      await proxy[Symbol.asyncDispose]();
      await sshd.close();
    },
  };
  return rationed;
}
