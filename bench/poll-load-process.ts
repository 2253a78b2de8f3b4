import { connect, type Socket } from 'node:net';
import type { PollLoad, PollLoadResult } from './poll-load.ts';

// A client that costs so little that the server is what is measured: it writes requests that were made before, and
// looks into answers only for their status and their end. It runs apart, so that its cost is not the server's.

const HEAD_END = Buffer.from('\r\n\r\n');

process.on('message', (load: PollLoad) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(load: PollLoad): Promise<PollLoadResult> {
  const { host, port } = new URL(load.url);
  const requests = load.paths.map((path) => renderRequest(host, path, load.headers));
  const samples: number[] = [];
  const statuses: Record<string, number> = {};
  let next = 0;
  const began = performance.now();
  const until = began + load.seconds * 1000;
  const take = () => requests[next++ % requests.length] ?? Buffer.alloc(0);
  const done = (status: string, tookMs: number) => {
    statuses[status] = (statuses[status] ?? 0) + 1;
    samples.push(tookMs);
  };
  const goesOn = () =>
    performance.now() < until && (load.maxRequests === undefined || next < load.maxRequests);
  await Promise.all(
    Array.from({ length: load.connections }, () => poll(Number(port), { take, done, goesOn })),
  );
  samples.sort((one, other) => one - other);
  const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? 0;
  return {
    requests: samples.length,
    seconds: (performance.now() - began) / 1000,
    statuses,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

function renderRequest(host: string, path: string, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
}

interface Poller {
  take(): Buffer;
  done(status: string, tookMs: number): void;
  goesOn(): boolean;
}

/** One connection after the other, one request at a time: servers close them after so many requests. */
async function poll(port: number, poller: Poller): Promise<void> {
  while (poller.goesOn()) await pollOnce(connect(port, '127.0.0.1').setNoDelay(true), poller);
}

function pollOnce(socket: Socket, poller: Poller): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let received: Buffer = Buffer.alloc(0);
  let sentAt = 0;
  const send = () => {
    sentAt = performance.now();
    socket.write(poller.take());
  };
  socket.once('connect', send);
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (answer === null) return;
    received = Buffer.alloc(0);
    poller.done(answer.status, performance.now() - sentAt);
    if (answer.isLast || !poller.goesOn()) socket.end();
    else send();
  });
  socket.once('error', () => undefined);
  socket.once('close', () => resolve());
  return promise;
}

/** Null while the answer is not whole. */
function readAnswer(bytes: Buffer): { readonly status: string; readonly isLast: boolean } | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end).toLowerCase();
  const status = head.slice(9, 12);
  const length = status === '304' ? 0 : Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  if (bytes.length < end + HEAD_END.length + length) return null;
  return { status, isLast: head.includes('\r\nconnection: close') };
}
