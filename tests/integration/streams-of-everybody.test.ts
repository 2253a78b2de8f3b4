import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Scope } from '../../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../../packages/server/src/auth/token.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { ChannelClient } from '../support/channel-client.ts';
import { eventually } from '../support/eventually.ts';
import { SseClient } from '../support/sse-client.ts';
import { openStreamBed, type StreamBed } from '../support/stream-bed.ts';

// Administrators may follow the jobs of everybody, and nobody else may.

let streams: StreamBed;
before(async () => {
  streams = await openStreamBed();
});
after(() => streams.close());

const ALL = '/jobs/v2/events?privileged=true';

const placesOf = (stream: SseClient) =>
  stream.messages('event').map(({ data }) => `${data.job.owner} ${data.seq}`);

async function begun(path: string): Promise<SseClient> {
  const stream = await streams.open(path, 'root');
  await eventually('it begins', () => stream.lastId !== undefined);
  return stream;
}

test('an administrator follows the jobs of everybody as they come, and goes on where a stream was cut', async () => {
  const stream = await begun(ALL);
  const plain = await begun('/jobs/v2/events');
  const [ada] = [await streams.accept('ada'), await streams.accept('bob'), await streams.accept('root')];
  await stream.received('event', 6);
  assert.deepEqual(placesOf(stream), ['ada 1', 'ada 2', 'bob 1', 'bob 2', 'root 1', 'root 2']);
  await plain.received('event', 2);
  assert.deepEqual(placesOf(plain), ['root 1', 'root 2'], 'without asking an administrator hears their own');
  stream.close();
  await streams.happen(ada.id);
  const next = await streams.open(ALL, 'root', { 'last-event-id': stream.lastId ?? '' });
  await next.received('event', 1);
  assert.deepEqual(placesOf(next), ['ada 3']);
  await streams.remove(ada);
  await streams.happen(ada.id);
  await streams.accept('eve');
  await next.received('event', 4);
  assert.deepEqual(placesOf(next), ['ada 3', 'ada 4', 'eve 1', 'eve 2'], 'nothing follows a deletion');
});

test('a search among the jobs of everybody has those that it finds, live and from the tables', async () => {
  const search = `${ALL}&owner.in=ada,bob&name=plotted`;
  const stream = await begun(search);
  const beginning = stream.lastId ?? '';
  await streams.accept('ada', 'plotted');
  await streams.accept('eve', 'plotted');
  await streams.accept('bob', 'other');
  await streams.accept('bob', 'plotted');
  await stream.received('event', 4);
  const told = ['ada 1', 'ada 2', 'bob 1', 'bob 2'];
  assert.deepEqual(placesOf(stream), told);
  const late = await streams.open(search, 'root', { 'last-event-id': beginning });
  await late.received('event', 4);
  assert.deepEqual(placesOf(late), told);
});

test('a position out of reach is answered with a reset there too', async () => {
  const stream = await streams.open(ALL, 'root', { 'last-event-id': 'f1-99999999999' });
  await stream.received('reset', 1);
  await streams.accept('ada');
  await stream.received('event', 2);
});

test('others are refused, and so is a token of an administrator that was not made for it', async () => {
  const { context, db } = streams.bed;
  for (const path of [ALL, `${ALL}&owner=root`]) {
    const refused = await streams.open(path, 'ada');
    assert.equal(refused.status, 403);
    await eventually('it says why', () => refused.text.includes('access.admin-only'));
  }
  const limited = async (scope: Scope) => {
    const token = makeToken(randomBytes(32));
    const row = {
      id: context.newId('token'),
      token_hash: hashToken(token),
      username: 'root',
      name: 'limited',
      scopes: [scope],
    };
    await insertToken(db, row);
    const stream = await SseClient.open({ url: `${streams.url}${ALL}`, token });
    stream.close();
    return stream.status;
  };
  assert.equal(await limited('apps:write'), 403);
  assert.equal(await limited('jobs:read'), 200);
});

test('whoever ceases to be an administrator hears no more of others', async () => {
  const stream = await begun(ALL);
  const { pool } = streams.bed.database;
  await pool.query("update profiles set is_admin = false where username = 'root'");
  try {
    await stream.closed();
  } finally {
    await pool.query("update profiles set is_admin = true where username = 'root'");
  }
});

test('the channel of everybody is for administrators as well', async () => {
  const { url, bed } = streams;
  const channel = '/agave.prod/*';
  const root = await ChannelClient.open({ url, token: bed.tokens.root });
  const ada = await ChannelClient.open({ url, token: bed.tokens.ada });
  try {
    root.send({ type: 'subscribe', channel });
    ada.send({ type: 'subscribe', channel });
    await root.received('subscribed', 1);
    await ada.received('error', 1);
    assert.equal(ada.of('error')[0].code, 'access.admin-only');
    const job = await streams.accept('bob');
    await root.received('event', 2);
    assert.deepEqual(
      root.of('event').map(({ event }) => [event.job.owner, event.seq]),
      [
        ['bob', 1],
        ['bob', 2],
      ],
    );
    root.send({ type: 'subscribe', channel: `${channel}/${job.id}` });
    await root.received('error', 1);
    assert.equal(root.of('error')[0].code, 'job.not-found', 'a job has an owner');
  } finally {
    root.socket.terminate();
    ada.socket.terminate();
  }
});
