import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JobWebhook } from '@arras/client';

/** A webhook call, as it arrived. */
export interface DemoCall {
  /** Path and query: the variables of the URL are filled in. */
  readonly path: string;
  readonly payload: JobWebhook;
}

/** A receiver of webhooks on loopback that takes everything. */
export interface DemoReceiver extends AsyncDisposable {
  readonly url: string;
  readonly calls: readonly DemoCall[];
}

/** Starts a receiver on a free port. It trusts the demo's own service; examples/webhook-receiver checks signatures. */
export async function startDemoReceiver(): Promise<DemoReceiver> {
  const calls: DemoCall[] = [];
  const server = createServer((request, response) => {
    readCall(request).then(
      (call) => {
        calls.push(call);
        response.end('ok');
      },
      () => response.writeHead(400).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readCall(request: IncomingMessage): Promise<DemoCall> {
  const payload = JSON.parse(await text(request)) as JobWebhook;
  return { path: request.url ?? '', payload };
}
