import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobCounts, JobEvent, JobSummary } from '@arras/contract';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Viewer } from '../../session/session.ts';
import { JobList } from './job-list.ts';
import { listQueryOf, type Query } from './list-query.ts';

const START_MS = Date.parse('2026-03-01T00:00:00Z');

/** A service with jobs `n-1` … `0`, the newest first. */
function serviceOf(count: number, viewer: Viewer = { username: 'ada', isAdmin: false }) {
  const asked: Query[] = [];
  const created = (n: number) => new Date(START_MS + n * 1_000).toISOString();
  const rows = Array.from({ length: count }, (_, index) => count - 1 - index).map(
    (n) => ({ id: String(n), created: created(n), status: 'RUNNING' }) as unknown as JobSummary,
  );
  let failure: ApiFailure | null = null;
  const list = new JobList({
    viewer,
    readPage: async (query) => {
      asked.push(query);
      if (failure !== null) throw failure;
      const bound = query['created.lte'];
      const found = bound === undefined ? rows : rows.filter((row) => row.created <= bound);
      const offset = Number(query['offset'] ?? 0);
      return found.slice(offset, offset + Number(query['limit']));
    },
    readCounts: async () => ({ total: rows.length, complete: true, statuses: [] }) satisfies JobCounts,
    putJobs: () => undefined,
    noteFailure: () => undefined,
  });
  const add = () => rows.unshift({ id: String(rows.length), created: created(rows.length) } as JobSummary);
  const fail = (next: ApiFailure | null) => (failure = next);
  return { list, asked, add, fail };
}

function eventOf(n: number, about: object = {}): JobEvent {
  const created = new Date(START_MS + n * 1_000).toISOString();
  const job = { id: String(n), name: 'x', owner: 'ada', appId: 'a', executionSystem: 's', created };
  return { name: 'PENDING', status: 'PENDING', seq: 1, job, ...about } as unknown as JobEvent;
}

const ALL = { list: listQueryOf({}), chips: null };

test('the list is as long as the counts say, and its pages are read where somebody looks', async () => {
  const { list, asked } = serviceOf(1_234);
  await list.load(ALL);
  assert.equal(list.places.value.length, 1_234);
  assert.equal(asked.length, 1);
  await list.ensure({ first: 1_190, end: 1_210 });
  assert.deepEqual(
    asked.slice(1).map(({ offset }) => offset),
    ['1100', '1200'],
  );
  assert.deepEqual(list.places.value.at(-1), { kind: 'row', id: '0' });
});

test('jobs that come while pages are read shift none of them', async () => {
  const { list, add } = serviceOf(250);
  await list.load(ALL);
  add();
  add();
  await list.ensureRows(250);
  assert.deepEqual(list.ids.value.length, 250);
  assert.equal(new Set(list.ids.value).size, 250);
});

test('a newer job is news, an older one may be in a page that was not read, and reading again shows it', async () => {
  const { list, add } = serviceOf(250);
  await list.load(ALL);
  list.hear(eventOf(3));
  assert.equal(list.state.value.news.arrived.size, 0);
  add();
  list.hear(eventOf(250));
  assert.deepEqual([...list.state.value.news.arrived], ['250']);
  await list.refresh();
  assert.equal(list.state.value.news.arrived.size, 0);
  assert.equal(list.ids.value[0], '250');
});

test('a job that comes while the list is read, and is not in the answer, is news', async () => {
  const { list } = serviceOf(5);
  await list.load(ALL);
  const again = list.refresh();
  list.hear(eventOf(4));
  list.hear(eventOf(9));
  await again;
  assert.deepEqual([...list.state.value.news.arrived], ['9']);
});

test('an administrator hears of the jobs of everybody, which stand in the list only of a search', async () => {
  const { list } = serviceOf(5, { username: 'ada', isAdmin: true });
  const eve = { id: '9', name: 'x', owner: 'eve', created: new Date(START_MS + 9_000).toISOString() };
  await list.load(ALL);
  list.hear(eventOf(9, { job: eve }));
  assert.equal(list.state.value.news.arrived.size, 0);
  list.hear(eventOf(8));
  assert.deepEqual([...list.state.value.news.arrived], ['8']);
  await list.load({ list: listQueryOf({ 'status.eq': 'PENDING' }), chips: {} });
  list.hear(eventOf(9, { job: eve }));
  assert.deepEqual([...list.state.value.news.arrived], ['9']);
});

test('a row that no longer fits stays where it is until the list is read again', async () => {
  const { list } = serviceOf(5);
  await list.load({ list: listQueryOf({ 'status.eq': 'RUNNING' }), chips: {} });
  list.hear(eventOf(2, { status: 'FAILED', seq: 4 }));
  assert.equal(list.ids.value.includes('2'), true);
  assert.deepEqual([...list.state.value.news.left], ['2']);
  list.hear(eventOf(3, { name: 'DELETED', status: 'RUNNING' }));
  assert.deepEqual([...list.state.value.news.left], ['2', '3']);
});

test('a failure keeps the rows that are there', async () => {
  const { list, fail } = serviceOf(5);
  await list.load(ALL);
  fail(new ApiFailure({ status: 503, code: null, message: 'away', problems: [], requestId: null }));
  await list.refresh();
  assert.equal(list.state.value.kind, 'failed');
  assert.equal(list.ids.value.length, 5);
  fail(null);
  await list.refresh();
  assert.equal(list.state.value.kind, 'ready');
});

test('the answer to an older question does not come into the list', async () => {
  const { list } = serviceOf(5);
  const first = list.load({ list: listQueryOf({ limit: '2' }), chips: null });
  await list.load(ALL);
  await first;
  assert.equal(list.ids.value.length, 5);
});

test('the limit of a filter bounds the list', async () => {
  const { list } = serviceOf(500);
  await list.load({ list: listQueryOf({ limit: '150' }), chips: null });
  assert.equal(list.places.value.length, 150);
  await list.ensureRows(150);
  assert.equal(list.ids.value.length, 150);
});
