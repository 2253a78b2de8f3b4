import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { verifyWebhook, WebhookRefusal } from '@arras/client';

const secret = process.env['WEBHOOK_SECRET'] ?? '';

/** The status to answer a call with. */
async function receive(headers: IncomingHttpHeaders, body: Uint8Array): Promise<number> {
  try {
    const { id, payload } = await verifyWebhook({ body, headers, secret });
    const { event, name, status } = payload;
    console.log(`${id}: ${event.name} #${event.seq}, the job is ${status}: ${name}`);
    return 204;
  } catch (error) {
    if (!(error instanceof WebhookRefusal)) throw error;
    console.log(`refused: ${error.reason}`);
    return 401;
  }
}

const server = createServer((request, response) => {
  buffer(request)
    .then((body) => receive(request.headers, body))
    .then(
      (status) => response.writeHead(status).end(),
      (error: unknown) => {
        console.error(error);
        response.writeHead(500).end();
      },
    );
});

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
});
