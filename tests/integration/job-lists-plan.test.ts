import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type JobSearchTerm, parseJobSearch } from '../../packages/contract/src/index.ts';
import { type Db, openDatabase } from '../../packages/server/src/database/connection.ts';
import { searchCondition } from '../../packages/server/src/database/job-search.ts';
import { listVisibleJobs } from '../../packages/server/src/database/list-jobs.ts';
import type { Tables } from '../../packages/server/src/database/tables.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  addManyJobs,
  HEAVY_OWNER,
  MANY_JOBS_ADMIN,
  MIDDLE_OWNER,
  SMALL_OWNER,
} from '../support/many-jobs.ts';
import { inspectablePlan, type Plan } from '../support/query-plan.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
  await addManyJobs(database.pool, { jobs: 60_000, eventsPerJob: 2 });
});
after(() => database.drop());

function planOf(
  username: string,
  query: Record<string, string>,
  orderBy: 'lastUpdated' | 'created',
): Promise<Plan> {
  const terms = parseJobSearch(query, { now: new Date(), username });
  assert.ok(terms.ok);
  const viewer = { username, isAdmin: username === MANY_JOBS_ADMIN };
  const listing = { terms: terms.value, orderBy, order: 'desc', limit: 100, offset: 0 } as const;
  return inspectablePlan(database.pool, (pool, log) => {
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log });
    return listVisibleJobs(db, viewer, listing);
  });
}

const FILTERS: Readonly<Record<string, Record<string, string>>> = {
  nothing: {},
  'open statuses': { 'status.in': 'RUNNING,QUEUED' },
  'a rare status': { status: 'STOPPED' },
  'two statuses': { 'status.in': 'FAILED,KILLED' },
  'an app': { appid: 'APP150-1.0' },
  'a system': { executionsystem: 'system19' },
  'the beginning of a name': { 'name.like': 'blast-run-99*' },
  'a part of the name': { 'name.like': '*test-5000*' },
  'the time of submission': { 'created.after': '2 days ago' },
  'a day of submission': { 'created.between': '400 days ago,399 days ago' },
  'an owner': { owner: SMALL_OWNER },
  'an app and a status': { appid: 'app5-1.0', status: 'FAILED' },
};

for (const [name, query] of Object.entries(FILTERS)) {
  for (const username of [HEAVY_OWNER, MIDDLE_OWNER, SMALL_OWNER, MANY_JOBS_ADMIN]) {
    test(`a list by ${name} reads the jobs of ${username} from indexes alone`, async () => {
      for (const orderBy of ['lastUpdated', 'created'] as const) {
        if (orderBy === 'created' && username === MANY_JOBS_ADMIN) continue;
        const { scannedWhole, indexes } = await planOf(username, query, orderBy);
        assert.ok(!scannedWhole.includes('jobs'), `${orderBy}: ${scannedWhole.join()}`);
        assert.ok(
          indexes.some((index) => index.startsWith('jobs_')),
          indexes.join(),
        );
      }
    });
  }
}

test('an administrator finds rare values by the index of their field', async () => {
  const expected = {
    'a rare status': 'jobs_ended_status',
    'an app': 'jobs_ended_app',
    'a system': 'jobs_ended_system',
    'the beginning of a name': 'jobs_ended_name',
    'a day of submission': 'jobs_ended_created',
    'an owner': 'jobs_ended_owner',
  };
  for (const [name, index] of Object.entries(expected)) {
    const { indexes } = await planOf(MANY_JOBS_ADMIN, FILTERS[name] ?? {}, 'lastUpdated');
    assert.ok(indexes.includes(index), `${name}: ${indexes.join()}`);
  }
});

/** What a list has to be, read without regard to indexes. */
async function listPlainly(
  db: Db,
  username: string,
  terms: readonly JobSearchTerm[],
  offset: number,
): Promise<string[]> {
  const isAllowed = username === MANY_JOBS_ADMIN ? sql`true` : sql`owner = ${username}`;
  const { rows } = await sql<{ id: string }>`
    select id
    from (select * from jobs offset 0) jobs
    where visible and ${isAllowed} and ${searchCondition(terms)}
    order by last_updated desc, id desc
    limit 100
    offset ${offset}`.execute(db);
  return rows.map(({ id }) => id);
}

const SEARCHES: readonly Record<string, string>[] = [
  ...Object.values(FILTERS).filter((query) => Object.keys(query).length > 0),
  { 'status.in': 'failed,RUNNING,KILLED,failed' },
  { 'owner.in': `${SMALL_OWNER},${HEAVY_OWNER}`, 'status.in': 'RUNNING,KILLED' },
  { 'name.like': '*PYPLOT*' },
  { 'name.like': '*pyplot*final*' },
  { 'name.like': '*test-5000*' },
  { 'name.like': '*-1*', 'appid.in': 'app1-1.0,app2-1.0' },
  { 'name.like': '*nowhere*' },
  { 'name.like': '*fold*', status: 'RUNNING' },
];

test('however a list is put together, it holds what it has to hold, in its order', async () => {
  const db = openDatabase(database.pool);
  for (const query of SEARCHES) {
    for (const username of [HEAVY_OWNER, SMALL_OWNER, MANY_JOBS_ADMIN]) {
      const terms = parseJobSearch(query, { now: new Date(), username });
      assert.ok(terms.ok);
      for (const offset of [0, 60]) {
        const listing = {
          terms: terms.value,
          orderBy: 'lastUpdated',
          order: 'desc',
          limit: 100,
          offset,
        } as const;
        const listed = await listVisibleJobs(
          db,
          { username, isAdmin: username === MANY_JOBS_ADMIN },
          listing,
        );
        const expected = await listPlainly(db, username, terms.value, offset);
        assert.deepEqual(
          listed.map(({ id }) => id),
          expected,
          `${username} ${JSON.stringify(query)}`,
        );
      }
    }
  }
});

test('the history of a job is read from its index', async () => {
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(
    `explain select * from job_events where job_id = $1 and in_history order by seq limit 100`,
    ['000000000000000007-8f14e45f-0001-007'],
  );
  assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /Index Scan using job_events_pkey/);
});

test('the indexes of lists are on ended jobs alone, but for one, so that changes of status do not write to them', async () => {
  const { rows } = await database.pool.query<{ name: string; predicate: string | null }>(
    `select indexrelid::regclass::text as name, pg_get_expr(indpred, indrelid) as predicate
     from pg_index where indrelid = 'jobs'::regclass and indexrelid::regclass::text ~ '^jobs_(open|ended)_'`,
  );
  const onOpen = rows
    .filter(({ predicate }) => predicate !== '(end_time IS NOT NULL)')
    .map(({ name }) => name);
  assert.deepEqual([rows.length, ...onOpen], [9, 'jobs_open_owner']);
});
