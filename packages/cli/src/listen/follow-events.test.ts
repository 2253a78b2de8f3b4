import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@arras/client';
import type { HistoryEntry, JobStatus } from '@arras/contract';
import { followEvents, type News } from './follow-events.ts';

/** A service in memory whose clock goes on by a millisecond with each event. */
class FakeJobs {
  readonly #jobs = new Map<string, { owner: string; status: JobStatus; history: HistoryEntry[] }>();
  #nowMs = Date.parse('2026-03-04T10:00:00Z');
  isDown = false;

  /** Appends an event; the first makes the job. */
  add(id: string, event: string, { owner = 'ada', afterMs = 1 } = {}): void {
    this.#nowMs += afterMs;
    const job = this.#jobs.get(id) ?? { owner, status: 'PENDING', history: [] };
    const created = new Date(this.#nowMs).toISOString();
    job.history.push({ created, createdBy: owner, status: event, description: `${id} ${event}` });
    if (event !== 'HEARTBEAT') job.status = event as JobStatus;
    this.#jobs.set(id, job);
  }

  delete(id: string): void {
    this.#jobs.delete(id);
  }

  client() {
    const retry = { tries: 1, firstDelayMs: 1, longestDelayMs: 1 };
    return createClient({
      url: 'http://service.test',
      fetch: async (url) => this.#answer(url instanceof Request ? url.url : url.toString()),
      retry,
    });
  }

  #answer(address: string): Response {
    if (this.isDown) throw new TypeError('fetch failed');
    const { pathname, searchParams } = new URL(address);
    const result = this.#resultOf(
      pathname,
      Number(searchParams.get('offset')),
      Number(searchParams.get('limit')),
    );
    const status = result === null ? 404 : 200;
    return Response.json({ status: 'success', message: null, version: '1', result }, { status });
  }

  #resultOf(path: string, offset: number, limit: number): unknown {
    if (path.startsWith('/profiles')) return { username: 'ada' };
    const id = path.split('/')[3];
    if (id === undefined) {
      const rows = [...this.#jobs.keys()].map((known) => this.#row(known));
      return rows
        .toSorted((a, b) => String(b?.lastUpdated).localeCompare(String(a?.lastUpdated)))
        .slice(offset, offset + limit);
    }
    if (path.endsWith('/history')) return this.#jobs.get(id)?.history.slice(offset, offset + limit) ?? null;
    return this.#row(id);
  }

  #row(id: string) {
    const job = this.#jobs.get(id);
    if (job === undefined) return null;
    const { owner, status, history } = job;
    return { id, owner, status, created: history[0]?.created, lastUpdated: history.at(-1)?.created };
  }
}

/** `one PENDING 2`, or `lost` and `back`. */
function render(news: News): string {
  return news.kind === 'event' ? `${news.job.id} ${news.entry.status} ${news.seq}` : news.kind;
}

/** Follows, and takes a number of news at a time. */
function follow(jobs: FakeJobs, options: { jobId?: string; fromStart?: boolean } = {}) {
  const stop = new AbortController();
  const news = followEvents(jobs.client(), { ...options, periodMs: 1, signal: stop.signal });
  const take = async (count: number) => {
    const taken: string[] = [];
    while (taken.length < count) {
      const next = await news.next();
      if (next.done === true) break;
      taken.push(render(next.value));
    }
    return taken;
  };
  return { take, stop: () => stop.abort(new Error('enough')), news };
}

test('only what happens after the start is told, per job in its order with its numbers', async () => {
  const jobs = new FakeJobs();
  for (const event of ['PENDING', 'RUNNING']) jobs.add('old', event);
  const { take, stop } = follow(jobs);
  const first = take(4);
  await new Promise(setImmediate);
  jobs.add('old', 'FINISHED');
  for (const event of ['PENDING', 'RUNNING']) jobs.add('new', event);
  assert.deepEqual(await first, ['old FINISHED 4', 'new CREATED 1', 'new PENDING 2', 'new RUNNING 3']);
  jobs.add('new', 'HEARTBEAT', { afterMs: 0 });
  assert.deepEqual(await take(1), ['new HEARTBEAT 4']);
  stop();
});

test('a job that had ended long before the start tells only what comes now', async () => {
  const jobs = new FakeJobs();
  for (const event of ['PENDING', 'FINISHED']) jobs.add('old', event);
  jobs.add('other', 'PENDING', { afterMs: 60_000 });
  const { take, stop } = follow(jobs);
  const next = take(1);
  await new Promise(setImmediate);
  jobs.add('old', 'PERMISSION_GRANT', { afterMs: 60_000 });
  assert.deepEqual(await next, ['old PERMISSION_GRANT 4']);
  stop();
});

test('a service that goes away and comes back costs no event and repeats none', async () => {
  const jobs = new FakeJobs();
  jobs.add('one', 'PENDING');
  const { take, stop } = follow(jobs, { fromStart: true });
  assert.deepEqual(await take(2), ['one CREATED 1', 'one PENDING 2']);
  jobs.isDown = true;
  assert.deepEqual(await take(1), ['lost']);
  for (const event of ['RUNNING', 'FINISHED']) jobs.add('one', event);
  jobs.isDown = false;
  assert.deepEqual(await take(3), ['back', 'one RUNNING 3', 'one FINISHED 4']);
  stop();
});

test('jobs of others and jobs that were deleted tell nothing', async () => {
  const jobs = new FakeJobs();
  jobs.add('gone', 'PENDING');
  const { take, stop } = follow(jobs);
  const next = take(1);
  await new Promise(setImmediate);
  jobs.add('theirs', 'PENDING', { owner: 'bob' });
  jobs.delete('gone');
  jobs.add('mine', 'PENDING');
  assert.deepEqual(await next, ['mine CREATED 1']);
  stop();
});

test('the events of one job end with it', async () => {
  const jobs = new FakeJobs();
  for (const event of ['PENDING', 'RUNNING', 'FAILED']) jobs.add('one', event);
  assert.deepEqual(await follow(jobs, { jobId: 'one', fromStart: true }).take(9), [
    'one CREATED 1',
    'one PENDING 2',
    'one RUNNING 3',
    'one FAILED 4',
  ]);
  assert.deepEqual(await follow(jobs, { jobId: 'one' }).take(9), []);
});

test('following is ended by its signal, and a service that is not there at the start is an error', async () => {
  const jobs = new FakeJobs();
  const { take, stop } = follow(jobs);
  const next = take(1);
  stop();
  await assert.rejects(next, /enough/);
  jobs.isDown = true;
  await assert.rejects(follow(jobs).take(1), { name: 'UnreachableFailure' });
});
