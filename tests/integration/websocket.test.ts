import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  removeJobPermissions,
  setJobPermission,
} from '../../packages/server/src/database/job-permissions.ts';
import { revokeAnyToken } from '../../packages/server/src/database/tokens.ts';
import { ChannelClient, type ChannelRequest } from '../support/channel-client.ts';
import type { BedUser } from '../support/http-bed.ts';
import { openStreamBed, type StreamBed } from '../support/stream-bed.ts';

let streams: StreamBed;
before(async () => {
  streams = await openStreamBed();
});
after(() => streams.close());

const open: ChannelClient[] = [];
after(() => {
  for (const { socket } of open) socket.terminate();
});

async function connect(as: BedUser, more: Partial<ChannelRequest> = {}): Promise<ChannelClient> {
  const client = await ChannelClient.open({ url: streams.url, token: streams.bed.tokens[as], ...more });
  open.push(client);
  return client;
}

test('a channel of the guide has the events of its job, and goes on by sequence', async () => {
  const job = await streams.accept();
  const channel = `/agave.prod/ada/${job.id}`;
  const client = await connect('ada');
  client.send({ type: 'subscribe', channel });
  await client.received('event', 2);
  assert.deepEqual(client.messages[0], { type: 'subscribed', channel, seq: 0 });
  assert.deepEqual(
    client.of('event').map(({ id, event, channel }) => [id, event.seq, channel]),
    [
      ['1', 1, channel],
      ['2', 2, channel],
    ],
  );
  client.send({ type: 'unsubscribe', channel });
  await client.received('unsubscribed', 1);
  await streams.happen(job.id);
  client.send({ type: 'subscribe', channel, since: 2 });
  await client.received('event', 3);
  assert.equal(client.of('event')[2].event.seq, 3);
  client.send({ type: 'ping' });
  await client.received('pong', 1);
});

test('an address that names a channel subscribes at once, under the name of the deployment too', async () => {
  const job = await streams.accept();
  for (const tenant of ['agave.prod', 'arras']) {
    const client = await connect('ada', { path: `/${tenant}/ada/${job.id}` });
    await client.received('event', 2);
    client.socket.close();
    const owner = await connect('ada', { path: `/${tenant}/ada` });
    await owner.received('subscribed', 1);
    await streams.happen(job.id);
    await owner.received('event', 1);
    owner.socket.close();
  }
});

test('the channel of a user has all their jobs and resumes by cursor', async () => {
  const channel = '/arras/bob';
  const client = await connect('bob');
  client.send({ type: 'subscribe', channel });
  await client.received('subscribed', 1);
  const job = await streams.accept('bob');
  const shared = await streams.accept('ada');
  await setJobPermission(streams.bed.db, shared.id, 'bob', { read: true, write: false, execute: false });
  await streams.happen(shared.id);
  await streams.happen(job.id);
  await client.received('event', 3);
  assert.ok(client.of('event').every(({ event }) => event.job.id === job.id));
  const [first] = client.of('event');
  const admin = await connect('root');
  admin.send({ type: 'subscribe', channel, since: first.id });
  await admin.received('event', 2);
  assert.deepEqual(
    admin.of('event').map(({ id }) => id),
    client
      .of('event')
      .slice(1)
      .map(({ id }) => id),
  );
});

test("another's job, a missing one and another's channel get one error", async () => {
  const job = await streams.accept('ada');
  const client = await connect('eve');
  const channels = [
    `/agave.prod/ada/${job.id}`,
    `/agave.prod/eve/${job.id}`,
    '/agave.prod/eve/001795506098707000-b4d31dfa-94c6-007',
    '/agave.prod/eve/nonsense',
    '/agave.prod/ada',
    '/agave.prod/nobody',
  ];
  for (const channel of channels) client.send({ type: 'subscribe', channel });
  await client.received('error', channels.length);
  const [{ message }] = client.of('error');
  assert.deepEqual(
    client.of('error'),
    channels.map((channel) => ({ type: 'error', code: 'job.not-found', message, channel })),
  );
  client.send({ type: 'subscribe', channel: `/other/ada/${job.id}` });
  await client.received('error', channels.length + 1);
  assert.equal(client.of('error').at(-1).code, 'request.invalid');
});

test('what cannot be understood is answered, and the connection goes on', async () => {
  const client = await connect('ada');
  for (const text of ['nonsense', '{}', '{"type":"subscribe"}', '[]', '{"type":"subscribe","channel":7}'])
    client.socket.send(text);
  client.socket.send(Buffer.from('binary'));
  await client.received('error', 6);
  assert.ok(client.of('error').every(({ code }) => code === 'request.malformed'));
  const job = await streams.accept();
  client.send({ type: 'subscribe', channel: `/arras/ada/${job.id}`, since: 'x' });
  client.send({ type: 'subscribe', channel: `/arras/ada/${job.id}`, since: 99 });
  await client.received('reset', 1);
  assert.equal(client.of('error').at(-1).code, 'stream.bad-position');
  assert.equal(client.of('reset')[0].cursor, '2');
  client.send({ type: 'subscribe', channel: `/arras/ada/${job.id}` });
  await client.received('error', 8);
  assert.equal(client.of('error').at(-1).code, 'conflict');
  client.socket.send('x'.repeat(17_000));
  assert.equal((await client.whenClosed()).code, 1009);
});

test('the end of a job ends its channel, not the connection', async () => {
  const job = await streams.accept();
  const client = await connect('ada');
  const channel = `/arras/ada/${job.id}`;
  client.send({ type: 'subscribe', channel });
  await client.received('event', 2);
  await streams.stop(job.id);
  await client.received('end', 1);
  assert.deepEqual(client.of('end'), [{ type: 'end', channel }]);
  client.send({ type: 'subscribe', channel });
  await client.received('end', 2);
});

test('browsers give their token as a subprotocol or in a first message', async () => {
  const { url, bed } = streams;
  const protocols = ['arras.v1', `arras.bearer.${bed.tokens.ada}`];
  const byProtocol = await ChannelClient.open({ url, protocols });
  open.push(byProtocol);
  assert.equal(byProtocol.socket.protocol, 'arras.v1');
  byProtocol.send({ type: 'ping' });
  await byProtocol.received('pong', 1);
  const job = await streams.accept();
  const byMessage = await ChannelClient.open({ url, path: `/arras/ada/${job.id}` });
  open.push(byMessage);
  byMessage.send({ type: 'authenticate', token: bed.tokens.ada });
  await byMessage.received('event', 2);
  assert.equal(byMessage.of('authenticated')[0].username, 'ada');
  const silent = await ChannelClient.open({ url });
  silent.send({ type: 'subscribe', channel: '/arras/ada' });
  assert.deepEqual(await silent.whenClosed(), { code: 1008, reason: 'auth.missing' });
  const wrong = await ChannelClient.open({ url });
  wrong.send({ type: 'authenticate', token: 'nonsense' });
  assert.deepEqual(await wrong.whenClosed(), { code: 1008, reason: 'auth.invalid' });
});

test('wrong tokens, tokens in the address, foreign pages and other paths are refused', async () => {
  const { url, bed } = streams;
  const token = bed.tokens.ada;
  const cases: readonly (readonly [Partial<ChannelRequest>, number, string])[] = [
    [{ token: 'nonsense' }, 401, 'auth.invalid'],
    [{ protocols: ['arras.v1', 'arras.bearer.nonsense'] }, 401, 'auth.invalid'],
    [{ token, headers: { origin: 'https://evil.example.org' } }, 403, 'access.forbidden'],
    [{ token, headers: { origin: 'null' } }, 403, 'access.forbidden'],
    [{ token, path: '/jobs/v2' }, 404, 'route.not-found'],
    [{ token, path: '/other/ada' }, 404, 'route.not-found'],
    [{ token, path: '/%ff' }, 404, 'route.not-found'],
  ];
  for (const [more, status, code] of cases) {
    const refused = await ChannelClient.refused({ url, ...more });
    assert.equal(refused.status, status, JSON.stringify(more));
    assert.equal(JSON.parse(refused.text).code, code);
  }
  for (const origin of [url, 'https://api.example.org'])
    (await connect('ada', { headers: { origin } })).socket.close();
  const named = await ChannelClient.open({ url, path: `/channels/v2/?token=${token}` });
  named.send({ type: 'subscribe', channel: '/arras/ada' });
  assert.equal((await named.whenClosed()).code, 1008);
});

test('an offer of another protocol is no reason not to answer', async () => {
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' };
  const stream = await streams.open('/profiles/v2/me', 'ada', headers);
  assert.equal(stream.status, 200);
});

test('a permission that ends ends the channel, a revoked token the connection', async () => {
  const job = await streams.accept('ada');
  await setJobPermission(streams.bed.db, job.id, 'bob', { read: true, write: false, execute: false });
  const made = await streams.bed.call('POST', '/tokens/v2', { as: 'bob', body: { name: 'short' } });
  const client = await connect('bob', { token: made.json.result.token });
  const channel = `/agave.prod/ada/${job.id}`;
  client.send({ type: 'subscribe', channel });
  await client.received('event', 2);
  await removeJobPermissions(streams.bed.db, job.id, 'bob');
  await client.received('error', 1);
  assert.deepEqual(
    [client.of('error')[0].code, client.of('error')[0].channel],
    ['access.forbidden', channel],
  );
  await revokeAnyToken(streams.bed.db, made.json.result.id);
  assert.deepEqual(await client.whenClosed(), { code: 1008, reason: 'auth.revoked' });
});

test('one connection follows two hundred channels and no more', async () => {
  const client = await connect('ada');
  for (let index = 0; index <= 200; index++) {
    const job = await streams.accept();
    client.send({ type: 'subscribe', channel: `/arras/ada/${job.id}` });
  }
  await client.received('subscribed', 200);
  await client.received('error', 1);
  assert.equal(client.of('error')[0].code, 'stream.too-many');
  await client.received('event', 400);
});

test('a stop closes every connection with 1012', async () => {
  const client = await connect('ada');
  const deaf = await connect('ada');
  deaf.socket.pause();
  await streams.gate[Symbol.asyncDispose]();
  assert.equal((await client.whenClosed()).code, 1012);
  const refused = await ChannelClient.refused({ url: streams.url, token: streams.bed.tokens.ada });
  assert.equal(refused.status, 503);
});
