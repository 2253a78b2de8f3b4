import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

// The least that a server of streams can be: bare node:http that keeps its clients in memory and writes the same number
// of events of the same size to as many of them, from a timer. It has no database, no users and nothing to resume.

/** What the parent asks: how many events a second to make; 0 stops. */
export interface BareOrder {
  readonly rate: number;
}

/** Streams of each job. */
const size = Number(process.argv[2]);
const streams: ServerResponse[] = [];
const everything: ServerResponse[] = [];
const data = 'x'.repeat(430);
const seqs: number[] = [];

const server = createServer((request, response) => {
  // The clients read plain bytes; the service writes them so as well.
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (request.url === '/all') everything.push(response);
  else streams.push(response);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 511 });
await once(server, 'listening');

let timer: NodeJS.Timeout | null = null;
let made = 0;
process.on('message', ({ rate }: BareOrder) => {
  if (timer !== null) clearInterval(timer);
  timer = null;
  if (rate === 0) return;
  const began = performance.now();
  made = 0;
  timer = setInterval(() => {
    const due = ((performance.now() - began) * rate) / 1_000;
    for (; made < due; made += 1) publish(made);
  }, 3);
});
process.on('disconnect', () => process.exit(0));

/** Each group of streams is about one job, and some are about all. */
function publish(number: number): void {
  const jobs = Math.floor(streams.length / size);
  const job = number % jobs;
  seqs[job] = (seqs[job] ?? 0) + 1;
  const at = performance.timeOrigin + performance.now();
  const content = JSON.stringify({ seq: seqs[job], job: { id: String(job) }, data });
  const block = `id: ${seqs[job]}\nevent: event\ndata: ${content}\n\n`;
  for (let index = job * size; index < (job + 1) * size; index += 1) streams[index]?.write(block);
  for (const response of everything) response.write(block);
  process.send?.({ event: `${job} ${seqs[job]}`, at });
}

const address = server.address();
process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
