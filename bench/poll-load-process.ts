import { connect, type Socket } from 'node:net';
import type { PollLoad, PollLoadResult } from './poll-load.ts';

// A client that costs so little that the server is what is measured: it looks into answers only for their status, their
// tag and their end.

const HEAD_END = Buffer.from('\r\n\r\n');

/** Tags of the last answers by address. */
const tags = new Map<string, string>();

process.on('message', (load: PollLoad) => {
  run(load).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

interface Answer {
  readonly status: string;
  readonly tag: string | null;
  /** The server closes the connection. */
  readonly isLast: boolean;
}

interface Poller {
  next(): { readonly bytes: string; done(answer: Answer): void };
  goesOn(): boolean;
}

async function run({
  url,
  paths,
  headers,
  connections,
  seconds,
  maxRequests = Infinity,
}: PollLoad): Promise<PollLoadResult> {
  const { host, port } = new URL(url);
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const samples: number[] = [];
  const statuses: Record<string, number> = {};
  let asked = 0;
  const began = performance.now();
  const until = began + seconds * 1000;
  const poller: Poller = {
    next: () => {
      const path = paths[asked++ % paths.length] ?? '/';
      const address = `${url}${path}`;
      const tag = tags.get(address);
      const condition = tag === undefined ? '' : `if-none-match: ${tag}\r\n`;
      const sentAt = performance.now();
      return {
        bytes: `GET ${path} HTTP/1.1\r\n${lines.join('')}${condition}\r\n`,
        done: (answer) => {
          samples.push(performance.now() - sentAt);
          statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
          if (answer.tag !== null) tags.set(address, answer.tag);
        },
      };
    },
    goesOn: () => performance.now() < until && asked < maxRequests,
  };
  await Promise.all(Array.from({ length: connections }, () => pollAlong(Number(port), poller)));
  const took = (performance.now() - began) / 1000;
  return {
    requests: samples.length,
    seconds: took,
    statuses,
    samples: samples.sort((one, other) => one - other),
  };
}

/** One connection after the other, one request at a time: servers close connections after so many requests. */
async function pollAlong(port: number, poller: Poller): Promise<void> {
  while (poller.goesOn()) await pollOver(connect(port, '127.0.0.1').setNoDelay(true), poller);
}

function pollOver(socket: Socket, poller: Poller): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let received: Buffer = Buffer.alloc(0);
  let current: Pick<ReturnType<Poller['next']>, 'done'> = { done: () => undefined };
  const send = () => {
    const request = poller.next();
    current = request;
    socket.write(request.bytes);
  };
  socket.once('connect', send);
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const answer = readAnswer(received);
    if (answer === null) return;
    received = Buffer.alloc(0);
    current.done(answer);
    if (answer.isLast || !poller.goesOn()) socket.end();
    else send();
  });
  socket.once('error', () => undefined);
  socket.once('close', () => resolve());
  return promise;
}

/** Null while the answer is not whole. */
function readAnswer(bytes: Buffer): Answer | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = head.slice(9, 12);
  const length = status === '304' ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < end + HEAD_END.length + length) return null;
  const tag = /\r\netag: (.+)/i.exec(head)?.[1]?.trimEnd() ?? null;
  return { status, tag, isLast: /\r\nconnection: close/i.test(head) };
}
