import assert from 'node:assert/strict';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type HttpBed, openHttpBed } from '../support/http-bed.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed(() => ({}), { headersTimeoutMs: 400, requestTimeoutMs: 800 });
  await bed.server.listen({ host: '127.0.0.1', port: 0 });
});
after(() => bed.close());

/** What came back on a connection, and whether it was closed. */
interface Exchange {
  readonly socket: Socket;
  text: string;
  closed: boolean;
}

function open(...parts: readonly string[]): Exchange {
  return openTo(bed, ...parts);
}

function openTo({ server }: HttpBed, ...parts: readonly string[]): Exchange {
  const { port } = server.server.address() as AddressInfo;
  const exchange: Exchange = { socket: connect(port, '127.0.0.1'), text: '', closed: false };
  exchange.socket.setEncoding('latin1');
  exchange.socket.on('data', (data) => (exchange.text += String(data)));
  exchange.socket.on('error', () => undefined);
  exchange.socket.on('close', () => (exchange.closed = true));
  for (const part of parts) exchange.socket.write(part);
  return exchange;
}

async function closed(exchange: Exchange, title: string): Promise<string> {
  const check = () => exchange.closed || assert.fail(`open after ${JSON.stringify(exchange.text)}`);
  await eventually(title, check, { timeoutMs: 30_000 });
  return exchange.text;
}

const head = (method: string, path: string, ...headers: readonly string[]) =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${bed.tokens.ada}`,
    ...headers,
    '',
    '',
  ].join('\r\n');

const JSON_BODY = 'Content-Type: application/json';

test('requests that could be read in two ways end the connection (T90)', async () => {
  const smuggled = 'GET /profiles/v2/me HTTP/1.1\r\nHost: x\r\n\r\n';
  const cases = [
    head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: 2', 'Content-Length: 40') + `{}${smuggled}`,
    head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: 4', 'Transfer-Encoding: chunked') +
      `0\r\n\r\n${smuggled}`,
    head('POST', '/tokens/v2', JSON_BODY, 'Transfer-Encoding: chunked, identity') + `0\r\n\r\n${smuggled}`,
    head('POST', '/tokens/v2', JSON_BODY, 'Transfer-Encoding: chunked') + 'zz\r\nabc',
    head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: -1') + smuggled,
    'GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n',
    'not http at all\r\n\r\n',
  ];
  for (const request of cases) {
    const text = await closed(open(request), request.slice(0, 60));
    assert.match(text, /^HTTP\/1\.1 400 /, request);
    assert.equal(text.match(/HTTP\/1\.1 /g)?.length, 1, text);
    assert.match(text, /"status":"error","message":"[^"]+","version":"2\.4\.9-rtest"/);
  }
});

test('headers over the limit are refused', async () => {
  const text = await closed(
    open(head('GET', '/health/live', `X-Long: ${'x'.repeat(20_000)}`)),
    'long header',
  );
  assert.match(text, /^HTTP\/1\.1 431 /);
});

test('an endless body is cut off when it crosses the limit, announced or not', async () => {
  const announced = open(head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: 10000000'));
  assert.match(await closed(announced, 'announced body'), /^HTTP\/1\.1 413 /);
  const chunked = open(head('POST', '/tokens/v2', JSON_BODY, 'Transfer-Encoding: chunked'));
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  for (let sent = 0; sent < 40; sent++) chunked.socket.write(chunk);
  assert.match(await closed(chunked, 'chunked body'), /^HTTP\/1\.1 413 /);
});

test('a body of an unknown kind is not read at all', async () => {
  const text = await closed(
    open(head('POST', '/tokens/v2', 'Content-Type: text/plain', 'Transfer-Encoding: chunked')),
    'unknown kind',
  );
  assert.match(text, /^HTTP\/1\.1 400 [\s\S]*request\.unsupported-media-type/);
});

test('an empty JSON body is fine where no body is needed', async () => {
  const path = '/jobs/v2/1674389564419740136-242ac113-0001-007/cancel';
  const text = await closed(
    open(head('POST', path, JSON_BODY, 'Content-Length: 0', 'Connection: close')),
    'empty body',
  );
  assert.match(text, /^HTTP\/1\.1 404 [\s\S]*job\.not-found/);
});

test('slow headers and slow bodies are cut off (T91)', async () => {
  const slowHeaders = open('GET /health/live HTTP/1.1\r\nHost: x\r\n');
  const slowBody = open(head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: 10'), '{');
  assert.match(await closed(slowHeaders, 'slow headers'), /^HTTP\/1\.1 408 /);
  assert.match(await closed(slowBody, 'slow body'), /^HTTP\/1\.1 408 /);
});

test('a caller that leaves in the middle harms nobody', async () => {
  const exchange = open(head('POST', '/tokens/v2', JSON_BODY, 'Content-Length: 10'), '{');
  exchange.socket.destroy();
  await closed(exchange, 'gone');
  assert.equal((await bed.call('GET', '/health/live')).status, 200);
  assert.deepEqual(
    bed.logged.filter((line) => Number(line['level']) >= 50),
    [],
  );
});

test('a stopping server lets requests end, refuses new ones on open connections, and closes', async () => {
  const stopping = await openHttpBed();
  const held = Promise.withResolvers<void>();
  stopping.server.addHook('preClose', () => held.promise);
  await stopping.server.listen({ host: '127.0.0.1', port: 0 });
  const request = 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n';
  const exchange = openTo(stopping, request);
  await eventually('first answer', () => /200 OK/.test(exchange.text));
  const closing = stopping.close();
  exchange.socket.write(request);
  await eventually('second answer', () =>
    /503 Service Unavailable[\s\S]*service\.stopping/.test(exchange.text),
  );
  assert.match(exchange.text, /retry-after: 5/i);
  held.resolve();
  await closing;
  await closed(exchange, 'closed by the server');
});
