import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, type FollowNews, type JobUpdate } from '../../packages/client/src/index.ts';
import { EventService, fakeJobId } from '../support/event-service.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeService, startFakeService, success } from '../support/fake-service.ts';

const JOB = fakeJobId(1);
const retry = { tries: 1, firstDelayMs: 1, longestDelayMs: 1 };
const streams = { reconnectFirstMs: 10, reconnectLongestMs: 20, pollFirstMs: 1, pollLongestMs: 4 };

interface Moment {
  readonly status: string;
  readonly history: readonly object[];
}

const entry = (status: string, more: object = {}) => ({
  status,
  created: '2026-01-01T00:00:00.000Z',
  createdBy: 'ada',
  ...more,
});

/** A service without streams that answers with the moment that the job is at; every look at the job moves it on. */
function startJob(moments: readonly Moment[]): Promise<FakeService> {
  let looks = 0;
  return startFakeService(({ url }) => {
    const moment = moments[Math.min(looks, moments.length - 1)];
    if (url.includes('/events')) return { status: 404 };
    if (url.includes('/history')) {
      const offset = Number(new URL(url, 'http://a').searchParams.get('offset'));
      return success(moment?.history.slice(offset));
    }
    if (!url.includes('/status')) looks += 1;
    // A status that is new at every look: this test is about what the follower makes of what it reads.
    return success({
      id: JOB,
      status: moment?.status,
      stopRequested: false,
      seq: url.includes('/status') ? looks : -1,
    });
  });
}

async function collect(service: FakeService): Promise<JobUpdate[]> {
  const updates: JobUpdate[] = [];
  for await (const news of createClient({ url: service.url, retry, streams }).jobs.follow(JOB))
    if (news.kind === 'update') updates.push(news);
  return updates;
}

test('following gives every entry of the history once, and ends with the job', async () => {
  const history = ['PENDING', 'RUNNING', 'CLEANING_UP', 'FINISHED'].map((status) => entry(status));
  await using service = await startJob([
    { status: 'PENDING', history: history.slice(0, 1) },
    { status: 'PENDING', history: history.slice(0, 1) },
    { status: 'RUNNING', history: history.slice(0, 2) },
    { status: 'FINISHED', history },
  ]);
  const updates = await collect(service);
  assert.deepEqual(
    updates.map(({ job }) => job.status),
    ['PENDING', 'RUNNING', 'FINISHED'],
  );
  assert.deepEqual(
    updates.flatMap(({ added }) => added.map(({ status }) => status)),
    ['PENDING', 'RUNNING', 'CLEANING_UP', 'FINISHED'],
  );
});

test('progress that grows in its entry is news, and is not a new entry', async () => {
  const copy = (bytes: number) =>
    entry('STAGING_INPUTS', {
      progress: {
        source: 'a',
        totalActiveTransfers: bytes < 9 ? 1 : 0,
        totalFiles: 1,
        totalBytes: 9,
        totalBytesTransferred: bytes,
        averageRate: 1,
      },
    });
  await using service = await startJob([
    { status: 'STAGING_INPUTS', history: [entry('PENDING'), copy(1)] },
    { status: 'STAGING_INPUTS', history: [entry('PENDING'), copy(5)] },
    { status: 'FAILED', history: [entry('PENDING'), copy(9), entry('FAILED')] },
  ]);
  const updates = await collect(service);
  assert.deepEqual(
    updates.map(({ history }) => history[1]?.progress?.totalBytesTransferred),
    [1, 5, 9],
  );
  assert.deepEqual(
    updates.map(({ added }) => added.length),
    [2, 0, 1],
  );
});

test('a status that only says that archiving is complete does not end it', async () => {
  await using service = await startJob([
    { status: 'ARCHIVING_FINISHED', history: [entry('ARCHIVING_FINISHED')] },
    { status: 'FINISHED', history: [entry('ARCHIVING_FINISHED'), entry('FINISHED')] },
  ]);
  assert.equal((await collect(service)).at(-1)?.job.status, 'FINISHED');
});

/** Follows jobs of the event service in the background. */
function follow(service: EventService, ids: readonly string[], options = {}) {
  const news: FollowNews[] = [];
  const client = createClient({ url: service.url, retry, streams });
  const following = (async () => {
    for await (const item of client.jobs.follow(ids, options)) news.push(item);
  })();
  following.catch(() => undefined); // A test that fails earlier has another reason to tell.
  const updates = () => news.filter((item) => item.kind === 'update');
  return {
    news,
    following,
    updates,
    shows: (id: string, status: string) =>
      eventually(`${id} is ${status}`, () =>
        updates().some(({ job }) => job.id === id && job.status === status),
      ),
  };
}

test('several jobs are followed by one stream, and read only when something changed', async () => {
  await using service = await EventService.start();
  const [a, b] = [fakeJobId(1), fakeJobId(2)];
  for (const id of [a, b]) service.happen(id, 'PENDING');
  const { following, updates, shows } = follow(service, [a, b]);
  await shows(b, 'PENDING');
  const reads = () => service.seen.filter((path) => path.includes(`${b}/history`)).length;
  const before = reads();
  service.happen(a, 'RUNNING');
  await shows(a, 'RUNNING');
  service.happen(a, 'FINISHED');
  await shows(a, 'FINISHED');
  assert.equal(reads(), before, 'the job that did not change is not read');
  service.happen(b, 'FINISHED');
  await following;
  assert.equal(service.seen.filter((path) => path.includes('/jobs/v2/events')).length, 1);
  for (const id of [a, b]) {
    const mine = updates().filter(({ job }) => job.id === id);
    assert.deepEqual(
      mine.flatMap(({ added }) => added.map(({ seq }) => seq)),
      mine.at(-1)?.history.map(({ seq }) => seq),
      'every entry once',
    );
  }
});

test('a burst of events costs no more than four looks a second', async () => {
  await using service = await EventService.start();
  service.happen(JOB, 'PENDING');
  const { following, updates, shows } = follow(service, [JOB]);
  await shows(JOB, 'PENDING');
  for (let step = 0; step < 500; step++) service.happen(JOB, `STEP_${step}`);
  service.happen(JOB, 'FINISHED');
  await following;
  assert.ok(updates().length <= 4, `${updates().length} updates`);
  assert.equal(updates().at(-1)?.history.length, 502);
});

test('a change that is no event is looked at', async () => {
  await using service = await EventService.start();
  service.happen(JOB, 'STAGING_INPUTS');
  const { following, shows } = follow(service, [JOB]);
  await shows(JOB, 'STAGING_INPUTS');
  const looks = () => service.seen.filter((path) => path.includes('/history')).length;
  await eventually('the stream is there', () => service.openStreams === 1);
  const before = looks();
  service.change(JOB);
  await eventually('it is looked at', () => looks() > before);
  service.happen(JOB, 'FINISHED');
  await following;
});

test('a lost connection is told and bridged', async () => {
  await using service = await EventService.start();
  service.happen(JOB, 'PENDING');
  const { following, shows, news } = follow(service, [JOB]);
  await shows(JOB, 'PENDING');
  await eventually('the stream is there', () => service.openStreams === 1);
  service.isAway = true;
  service.cut();
  await eventually('the loss is told', () => news.at(-1)?.kind === 'lost');
  service.happen(JOB, 'FINISHED');
  service.isAway = false;
  await following;
  const kinds = news.map(({ kind }) => kind);
  assert.ok(kinds.indexOf('lost') < kinds.lastIndexOf('connected'));
  assert.equal(kinds.at(-1), 'update');
});

test('following fails when the service stays away longer than its patience, and at once when it never was there', async () => {
  await using service = await EventService.start();
  service.happen(JOB, 'PENDING');
  const { following, shows } = follow(service, [JOB], { patienceMs: 30 });
  await shows(JOB, 'PENDING');
  service.isAway = true;
  service.cut();
  await assert.rejects(following, { name: 'UnreachableFailure' });
  await assert.rejects(follow(service, [JOB]).following, { name: 'UnreachableFailure' });
});

test('who stops following ends it with the reason of the signal, and closes the stream', async () => {
  await using service = await EventService.start();
  service.happen(JOB, 'RUNNING');
  const leave = new AbortController();
  const { following, shows } = follow(service, [JOB], { signal: leave.signal });
  await shows(JOB, 'RUNNING');
  leave.abort(new Error('enough'));
  await assert.rejects(following, /enough/);
  await eventually('its stream is closed', () => service.openStreams === 0);
});
