import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

// Receives webhooks in a process of its own, so that it does not share an event loop with what is measured. It listens
// on as many loopback addresses as its argument says, each with the same port: to the service these are different hosts.

/** What the parent asks: `take` hands over what arrived since the last time. */
export type ReceiverOrder = 'take' | 'count';

/** When each message arrived first, in milliseconds since 1970. */
export interface ReceiverAnswer {
  readonly arrivals: readonly (readonly [id: string, at: number])[];
  readonly count: number;
}

const addresses = Number(process.argv[2]);
let arrivals: [string, number][] = [];
let count = 0;

function onRequest(request: IncomingMessage, response: ServerResponse): void {
  arrivals.push([String(request.headers['webhook-id']), performance.timeOrigin + performance.now()]);
  count += 1;
  request.resume();
  if (request.url?.startsWith('/hang')) return;
  request.on('end', () => response.end('ok'));
}

let port = 0;
for (let index = 0; index < addresses; index += 1) {
  const server = createServer({ keepAliveTimeout: 10_000 }, onRequest);
  server.listen(port, addressOf(index));
  await once(server, 'listening');
  const bound = server.address();
  if (port === 0 && typeof bound === 'object' && bound !== null) port = bound.port;
}

/** 127.1.0.1, 127.1.0.2, … */
function addressOf(index: number): string {
  return `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

process.on('message', (order: ReceiverOrder) => {
  const answer: ReceiverAnswer = { arrivals: order === 'take' ? arrivals : [], count };
  if (order === 'take') arrivals = [];
  process.send?.(answer);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port });
