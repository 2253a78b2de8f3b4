import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jobEventSchema } from '../../packages/contract/src/job-events.ts';
import {
  removeJobPermissions,
  setJobPermission,
} from '../../packages/server/src/database/job-permissions.ts';
import { requestStop } from '../../packages/server/src/database/jobs.ts';
import { recordSystemAnswer, recordSystemSilence } from '../../packages/server/src/database/system-checks.ts';
import { revokeAnyToken } from '../../packages/server/src/database/tokens.ts';
import { eventually } from '../support/eventually.ts';
import { openStreamBed, type StreamBed } from '../support/stream-bed.ts';

let streams: StreamBed;
before(async () => {
  streams = await openStreamBed();
});
after(() => streams.close());

const READ = { read: true, write: false, execute: false };

test('the stream of a job has every event from the first one, with the sequence number as id', async () => {
  const job = await streams.accept();
  const stream = await streams.open(`/jobs/v2/${job.id}/events`);
  assert.equal(stream.status, 200);
  assert.equal(stream.headers['content-type'], 'text/event-stream');
  assert.match(String(stream.headers['cache-control']), /no-store/);
  assert.equal(stream.headers['x-accel-buffering'], 'no');
  await stream.received('event', 2);
  await streams.happen(job.id);
  await stream.received('event', 3);
  assert.deepEqual(stream.blocks[0], { retry: '2000' });
  assert.deepEqual(stream.seqs(), [1, 2, 3]);
  assert.deepEqual(
    stream.messages('event').map(({ id }) => id),
    ['1', '2', '3'],
  );
  for (const { data } of stream.messages('event')) jobEventSchema.parse(data);
  const history = await streams.bed.call('GET', `/jobs/v2/${job.id}/history`, { as: 'ada' });
  const [, , last] = stream.messages('event');
  assert.equal(history.json.result.at(-1).id, last?.data.id);
});

test('a stream goes on after Last-Event-ID or since, the header first', async () => {
  const job = await streams.accept();
  for (let count = 0; count < 4; count++) await streams.happen(job.id);
  const path = `/jobs/v2/${job.id}/events`;
  const byHeader = await streams.open(`${path}?since=1`, 'ada', { 'last-event-id': '4' });
  const bySince = await streams.open(`${path}?since=5`);
  await byHeader.received('event', 2);
  await bySince.received('event', 1);
  assert.deepEqual(byHeader.seqs(), [5, 6]);
  assert.deepEqual(bySince.seqs(), [6]);
});

test('a position that the job has not reached is answered with a reset to where the job is', async () => {
  const job = await streams.accept();
  const stream = await streams.open(`/jobs/v2/${job.id}/events?since=77`);
  await stream.received('reset', 1);
  await streams.happen(job.id);
  await stream.received('event', 1);
  const [reset] = stream.messages('reset');
  assert.equal(reset?.id, '2');
  assert.equal(reset?.data.cursor, '2');
  assert.deepEqual(stream.seqs(), [3]);
});

test('positions that no stream has given are refused', async () => {
  const job = await streams.accept();
  const jobs = ['x', '-1', '1.5', '01', '9999999999', 'f1-12', '1 '];
  for (const since of jobs) {
    const stream = await streams.open(`/jobs/v2/${job.id}/events`, 'ada', { 'last-event-id': since });
    if (since.trim() === '1') continue;
    assert.equal(stream.status, 400, since);
  }
  const cursors = [
    'x',
    '12',
    'f1-',
    'f1-01',
    'f1-1-2',
    `f1-1-0-${job.id}`,
    'f2-1',
    'f1-99999999999999999',
    'f1-1-2-"',
  ];
  for (const since of cursors) {
    const stream = await streams.open(`/jobs/v2/events`, 'ada', { 'last-event-id': since });
    assert.equal(stream.status, 400, since);
    await eventually('the answer is whole', () => stream.text.includes('stream.bad-position'));
  }
});

test('the stream of a job that has ended says end after its last event and closes', async () => {
  const job = await streams.accept();
  const live = await streams.open(`/jobs/v2/${job.id}/events`);
  await live.received('event', 2);
  await streams.stop(job.id);
  await live.closed();
  assert.deepEqual(live.seqs(), [1, 2, 3]);
  assert.equal(live.blocks.at(-1)?.event, 'end');
  const late = await streams.open(`/jobs/v2/${job.id}/events?since=1`);
  await late.closed();
  assert.deepEqual(late.seqs(), [2, 3]);
  const after = await streams.open(`/jobs/v2/${job.id}/events?since=3`);
  await after.closed();
  assert.deepEqual(
    after.blocks.map(({ event }) => event).filter((event) => event !== undefined),
    ['end'],
  );
});

test('the deletion of a job is the last that its streams tell', async () => {
  const job = await streams.accept();
  const one = await streams.open(`/jobs/v2/${job.id}/events`);
  const many = await streams.open('/jobs/v2/events');
  const named = await streams.open(`/jobs/v2/events?ids=${job.id}`);
  await one.received('event', 2);
  await streams.remove(job);
  await streams.happen(job.id);
  await one.closed();
  await named.closed();
  assert.equal(one.messages('event').at(-1)?.data.name, 'DELETED');
  assert.equal(one.blocks.at(-1)?.event, 'end');
  assert.equal(named.messages('event').at(-1)?.data.name, 'DELETED');
  const other = await streams.accept();
  await eventually('the later job is told', () =>
    many.messages('event').some(({ data }) => data.job.id === other.id),
  );
  const told = many.messages('event').filter(({ data }) => data.job.id === job.id);
  assert.equal(told.at(-1)?.data.name, 'DELETED');
  many.close();
});

test('strangers and users without permission get the errors of the job itself', async () => {
  const job = await streams.accept();
  await setJobPermission(streams.bed.db, job.id, 'bob', { read: false, write: true, execute: false });
  for (const path of [`/jobs/v2/${job.id}/events`, `/jobs/v2/events?ids=${job.id}`]) {
    assert.equal((await streams.open(path, 'eve')).status, 404, path);
    assert.equal((await streams.open(path, 'bob')).status, 403, path);
    assert.equal((await streams.open(path, 'root')).status, 200, path);
  }
  assert.equal((await streams.open('/jobs/v2/events?ids=nonsense')).status, 404);
  assert.equal(
    (await streams.open(`/jobs/v2/events?ids=${Array.from({ length: 301 }, (_, index) => index).join(',')}`))
      .status,
    400,
  );
});

test('the stream of all jobs has those of the user and those shared with them, from now on', async () => {
  await streams.accept('eve');
  const stream = await streams.open('/jobs/v2/events', 'eve');
  await eventually('it begins', () => stream.lastId !== undefined);
  assert.deepEqual(stream.blocks[1], { id: stream.lastId });
  const foreign = await streams.accept('ada');
  const shared = await streams.accept('bob');
  const own = await streams.accept('eve');
  await stream.received('event', 2);
  await setJobPermission(streams.bed.db, shared.id, 'eve', READ);
  await streams.happen(foreign.id);
  await streams.happen(shared.id);
  await streams.happen(own.id);
  await stream.received('event', 4);
  assert.deepEqual(
    stream.messages('event').map(({ data }) => [data.job.id, data.seq]),
    [
      [own.id, 1],
      [own.id, 2],
      [shared.id, 3],
      [own.id, 3],
    ],
  );
});

test('a stream of many jobs goes on where it was cut, without a gap or a double', async () => {
  const [one, two] = [await streams.accept('bob'), await streams.accept('bob')];
  const first = await streams.open('/jobs/v2/events', 'bob');
  await eventually('it begins', () => first.lastId !== undefined);
  await streams.happen(one.id);
  await streams.happen(two.id);
  await first.received('event', 2);
  first.close();
  await streams.happen(two.id);
  await streams.happen(one.id);
  const second = await streams.open('/jobs/v2/events', 'bob', { 'last-event-id': first.lastId ?? '' });
  await second.received('event', 2);
  await streams.happen(one.id);
  await second.received('event', 3);
  const told = [...first.messages('event'), ...second.messages('event')];
  assert.deepEqual(
    told.map(({ data }) => [data.job.id, data.seq]),
    [
      [one.id, 3],
      [two.id, 3],
      [two.id, 4],
      [one.id, 4],
      [one.id, 5],
    ],
  );
});

test('a stream of named jobs has only these and ends when all of them have ended', async () => {
  const [one, two, other] = [await streams.accept(), await streams.accept(), await streams.accept()];
  const stream = await streams.open(`/jobs/v2/events?ids=${one.id},${two.id}`);
  await eventually('it begins', () => stream.lastId !== undefined);
  const start = stream.lastId ?? '';
  await streams.happen(other.id);
  await streams.stop(one.id);
  await streams.happen(two.id);
  await streams.stop(two.id);
  await stream.closed();
  assert.deepEqual(
    stream.messages('event').map(({ data }) => [data.job.id, data.name]),
    [
      [one.id, 'STOPPED'],
      [two.id, 'HEARTBEAT'],
      [two.id, 'STOPPED'],
    ],
  );
  assert.equal(stream.blocks.at(-1)?.event, 'end');
  const again = await streams.open(`/jobs/v2/events?ids=${one.id},${two.id}&since=${start}`);
  await again.closed();
  assert.deepEqual(again.messages('event'), stream.messages('event'));
  const over = await streams.open(`/jobs/v2/events?ids=${one.id},${two.id}`);
  await over.closed();
  assert.equal(over.blocks.at(-1)?.event, 'end');
});

test('a cursor that is too old or ahead of the service is answered with a reset', async () => {
  const job = await streams.accept('bob');
  const begun = await streams.open('/jobs/v2/events', 'bob');
  await eventually('it begins', () => begun.lastId !== undefined);
  const { pool } = streams.bed.database;
  const first = 'select min(feed_position) from job_events';
  await pool.query(
    `update job_events set created_at = created_at - interval '8 days' where feed_position = (${first})`,
  );
  for (const cursor of ['f1-1', 'f1-123456789012']) {
    const stream = await streams.open('/jobs/v2/events', 'bob', { 'last-event-id': cursor });
    await stream.received('reset', 1);
    const [reset] = stream.messages('reset');
    assert.equal(reset?.id, reset?.data.cursor);
    await streams.happen(job.id);
    await stream.received('event', 1);
    assert.equal(stream.messages('event')[0]?.data.job.id, job.id);
    stream.close();
  }
});

test('a search is followed by the status of each event, and only by fields that never change', async () => {
  const stream = await streams.open('/jobs/v2/events?name.like=plot*&status.in=STOPPED,FAILED', 'eve');
  await eventually('it begins', () => stream.lastId !== undefined);
  const start = stream.lastId ?? '';
  const [plot, other] = [await streams.accept('eve', 'Plot 1'), await streams.accept('eve', 'count')];
  await streams.stop(other.id);
  await streams.stop(plot.id);
  await stream.received('event', 1);
  const told = (of: typeof stream) => of.messages('event').map(({ data }) => [data.job.id, data.name]);
  assert.deepEqual(told(stream), [[plot.id, 'STOPPED']]);
  const again = await streams.open(`/jobs/v2/events?name.like=plot*&status=stopped&since=${start}`, 'eve');
  await again.received('event', 1);
  assert.deepEqual(told(again), told(stream));
  const refused = await streams.open('/jobs/v2/events?runTime.gt=5&name=x');
  assert.equal(refused.status, 400);
  await eventually('the field is named', () => refused.text.includes('runTime.gt'));
  assert.equal((await streams.open('/jobs/v2/events?nonsense=1')).status, 200);
});

test('a saved filter is followed by its name', async () => {
  const body = { filter: 'name:saved*' };
  const saved = await streams.bed.call('PUT', '/jobs/v2/filters/mine', { as: 'bob', body });
  assert.ok(saved.status < 300, saved.text);
  const stream = await streams.open('/jobs/v2/events?saved=mine', 'bob');
  await eventually('it begins', () => stream.lastId !== undefined);
  await streams.accept('bob', 'another');
  const job = await streams.accept('bob', 'saved for later');
  await stream.received('event', 2);
  assert.ok(stream.messages('event').every(({ data }) => data.job.id === job.id));
  assert.equal((await streams.open('/jobs/v2/events?saved=none', 'bob')).status, 404);
});

test('what changes without an event is told, at most once a second', async () => {
  const job = await streams.accept();
  const one = await streams.open(`/jobs/v2/${job.id}/events`);
  const many = await streams.open('/jobs/v2/events');
  await one.received('event', 2);
  await eventually('it begins', () => many.lastId !== undefined);
  const until = performance.now() + 1_500;
  while (performance.now() < until)
    await requestStop(streams.bed.db, job.id, { to: 'STOPPED', reason: 'asked' });
  await one.received('changed', 2);
  await many.received('changed', 2);
  for (const stream of [one, many]) {
    const changed = stream.messages('changed');
    assert.ok(changed.length <= 4, String(changed.length));
    assert.deepEqual(changed[0], { id: undefined, data: { jobId: job.id } });
  }
  many.close();
});

test('whether the system answers is told when it changes, not at every look', async () => {
  const { db, database } = streams.bed;
  const job = await streams.accept();
  await database.pool.query("update jobs set status = 'RUNNING' where id = $1", [job.id]);
  const one = await streams.open(`/jobs/v2/${job.id}/events`);
  await one.received('event', 2);
  const told = () => one.messages('changed').length;
  await recordSystemAnswer(db, 'local');
  await recordSystemSilence(db, 'local', 'connection refused');
  await one.received('changed', 1);
  for (let look = 0; look < 3; look++) await recordSystemSilence(db, 'local', 'connection refused');
  await streams.happen(job.id);
  await one.received('event', 3);
  await recordSystemAnswer(db, 'local');
  await one.received('changed', 2);
  assert.equal(told(), 2);
  await database.pool.query("update jobs set status = 'PENDING' where id = $1", [job.id]);
});

test('a permission that ends cuts the stream of the job and drops it from that of many', async () => {
  const job = await streams.accept();
  await setJobPermission(streams.bed.db, job.id, 'bob', READ);
  const one = await streams.open(`/jobs/v2/${job.id}/events`, 'bob');
  const many = await streams.open('/jobs/v2/events', 'bob');
  const named = await streams.open(`/jobs/v2/events?ids=${job.id}`, 'bob');
  await streams.happen(job.id);
  await one.received('event', 3);
  await many.received('event', 1);
  await named.received('event', 1);
  await removeJobPermissions(streams.bed.db, job.id, 'bob');
  await one.closed(2_000);
  await named.closed(2_000);
  await streams.happen(job.id);
  const own = await streams.accept('bob');
  await many.received('event', 3);
  assert.ok(!one.blocks.some(({ event }) => event === 'end'));
  assert.deepEqual(
    many.messages('event').map(({ data }) => data.job.id),
    [job.id, own.id, own.id],
  );
});

test('a revoked token is cut within five seconds, also when nobody says that it was', async () => {
  const { db, database, context } = streams.bed;
  const job = await streams.accept('eve');
  const make = async () => {
    const made = await streams.bed.call('POST', '/tokens/v2', { as: 'eve', body: { name: 'short' } });
    const headers = { authorization: `Bearer ${made.json.result.token}` };
    return { id: made.json.result.id, headers };
  };
  const [told, silent] = [await make(), await make()];
  const first = await streams.open(`/jobs/v2/${job.id}/events`, 'eve', told.headers);
  const second = await streams.open('/jobs/v2/events', 'eve', silent.headers);
  await first.received('event', 2);
  await revokeAnyToken(db, told.id);
  await first.closed(1_000);
  await database.pool.query('update tokens set revoked_at = now() where id = $1', [silent.id]);
  await second.closed(5_000);
  context.auth.forget();
  assert.equal((await streams.open('/jobs/v2/events', 'eve', silent.headers)).status, 401);
});

test('a client that does not read for a while gets everything when it does', async () => {
  const job = await streams.accept();
  const { pool } = streams.bed.database;
  const stream = await streams.open(`/jobs/v2/${job.id}/events`);
  await stream.received('event', 2);
  stream.pause();
  await pool.query(`update jobs set seq = seq + 4000 where id = $1`, [job.id]);
  await pool.query(
    `insert into job_events (job_id, seq, id, name, status, description, created_by)
     select $1, 2 + n, lpad(n::text, 18, '0') || '-00000000-0000-028', 'NOISE', 'PENDING', repeat('x', 3000), 'ada'
     from generate_series(1, 4000) n`,
    [job.id],
  );
  await streams.happen(job.id);
  stream.resume();
  await stream.received('event', 4_003, 20_000);
  assert.deepEqual(
    stream.seqs(),
    Array.from({ length: 4_003 }, (_, index) => index + 1),
  );
});
