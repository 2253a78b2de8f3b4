import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** Path and query, byte for byte. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
}

/** A receiver of webhooks on loopback that can be as unfriendly as the real ones. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections that were ever made. */
  connections(): number;
  /** Connections that are open now. */
  open(): Promise<number>;
}

type Behave = (request: Received, response: ServerResponse) => void;

/**
 * What the first part of the path makes the receiver do: `ok`, `echo`, `code/NNN`, `slow/MS`, `tarpit` (a byte a
 * second for ever), `big` (endless), `bomb` (10 GiB of zeros as gzip), `bigheaders`, `redir?to=URL`, `loop`, `reset`,
 * `hang`, `retry?after=VALUE`, `garbage`, `say?text=TEXT&code=NNN`, `fail/N` (500 to the first N calls with an id),
 * `third/N` (the same for every third event of a job), `gone`, `mirror?pad=N&long=N&wide=1` (500, tells the headers it got in
 * a header and behind N blanks in the body, if `wide` the password alone and in UTF-16, and sets cookies).
 */
const BEHAVIOURS: Readonly<Record<string, Behave>> = {
  ok: (_, response) => response.end('ok'),
  echo: ({ body }, response) => response.end(body),
  code: ({ path }, response) => response.writeHead(Number(path.split('/')[2])).end(),
  slow: ({ path }, response) => void setTimeout(() => response.end('late'), Number(path.split('/')[2])),
  tarpit: (_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('x'), 1_000);
    response.on('close', () => clearInterval(drip));
    response.write('x');
  },
  big: (_, response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(MANY));
    };
    response.on('drain', pour);
    pour();
  },
  bomb: (_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    const gzip = createGzip({ level: 9 });
    const zeros = Buffer.alloc(1 << 20);
    let left = 10_240;
    const pour = () => {
      while (left > 0 && !gzip.destroyed && gzip.write(zeros)) left -= 1;
    };
    gzip.on('drain', pour).on('error', () => undefined);
    gzip.pipe(response);
    response.on('close', () => gzip.destroy());
    pour();
  },
  bigheaders: (_, response) =>
    response.socket?.write(`HTTP/1.1 200 OK\r\n${`X-A: ${'a'.repeat(8_000)}\r\n`.repeat(200)}`),
  redir: (request, response) => response.writeHead(307, { location: queryOf(request, 'to') }).end(),
  loop: ({ path }, response) => response.writeHead(302, { location: path }).end(),
  reset: (_, response) => response.socket?.resetAndDestroy(),
  hang: () => undefined,
  retry: (request, response) => response.writeHead(429, { 'retry-after': queryOf(request, 'after') }).end(),
  fail: (request, response) => failFirst(request, response),
  third: (request, response) => {
    const { event } = JSON.parse(request.body) as { event: { seq: number } };
    if (event.seq % 3 === 0) failFirst(request, response);
    else response.end('ok');
  },
  gone: (_, response) => response.writeHead(410).end(),
  mirror: (request, response) => {
    const { authorization = 'none' } = request.headers;
    const long = 'a'.repeat(Number(queryOf(request, 'long')));
    response.setHeader('set-cookie', ['session=abcd1234', 'other=efgh5678']);
    response.writeHead(500, { 'content-type': 'application/json', 'x-got': authorization, 'x-long': long });
    const pad = ' '.repeat(Number(queryOf(request, 'pad')));
    if (queryOf(request, 'wide') === '') response.end(`${pad}${JSON.stringify(request.headers)}`);
    else response.end(Buffer.from(`${pad}${authorization}`, 'utf16le'));
  },
  garbage: (_, response) => response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n'),
  say: (request, response) =>
    response.writeHead(Number(queryOf(request, 'code'))).end(queryOf(request, 'text')),
};

const MANY = Buffer.alloc(65_536, 'x');

/** Calls by path and id, for `fail` and `third`. */
const calls = new Map<string, number>();

function failFirst({ path, headers }: Received, response: ServerResponse): void {
  const key = `${path} ${String(headers['webhook-id'] ?? headers['x-agave-delivery'])}`;
  const before = calls.get(key) ?? 0;
  calls.set(key, before + 1);
  response.writeHead(before < Number(path.split('/')[2]) ? 500 : 200).end();
}

function queryOf({ path }: Received, name: string): string {
  return new URL(path, 'http://x').searchParams.get(name) ?? '';
}

/** Starts a receiver on 127.0.0.1; with a certificate it speaks TLS. */
export async function startReceiver(
  tls: { readonly cert: string; readonly key: string } | null = null,
): Promise<Receiver> {
  const received: Received[] = [];
  let connections = 0;
  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await buffer(request)).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    const at = performance.timeOrigin + performance.now();
    const arrived = { method, path, headers, body, at };
    received.push(arrived);
    response.on('error', () => undefined);
    const behave = BEHAVIOURS[path.split(/[/?]/)[1] ?? ''];
    if (behave === undefined) response.writeHead(404).end();
    else behave(arrived, response);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    // A caller that leaves in the middle of its request is part of what is tested.
    onRequest(request, response).catch(() => response.destroy());
  };
  const server: Server = tls === null ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    received,
    connections: () => connections,
    open: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
