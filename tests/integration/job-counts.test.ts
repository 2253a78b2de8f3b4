import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import { type JobCounts, parseJobSearch } from '../../packages/contract/src/index.ts';
import { hashToken, makeToken } from '../../packages/server/src/auth/token.ts';
import { countVisibleJobs } from '../../packages/server/src/database/count-jobs.ts';
import type { Tables } from '../../packages/server/src/database/tables.ts';
import { insertToken } from '../../packages/server/src/database/tokens.ts';
import { codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { addManyJobs, HEAVY_OWNER, MANY_JOBS_ADMIN, SMALL_OWNER } from '../support/many-jobs.ts';
import { inspectablePlan } from '../support/query-plan.ts';

let bed: HttpBed;
const tokens = new Map<string, string>();
before(async () => {
  bed = await openHttpBed();
  await addManyJobs(bed.database.pool, { jobs: 30_000, eventsPerJob: 1 });
  for (const username of [HEAVY_OWNER, SMALL_OWNER, MANY_JOBS_ADMIN]) {
    const token = makeToken(Buffer.alloc(32, username));
    const id = bed.context.newId('token');
    await insertToken(bed.db, { id, token_hash: hashToken(token), username, name: 'test' });
    tokens.set(username, token);
  }
});
after(() => bed.close());

async function count(username: string, query = ''): Promise<JobCounts> {
  const token = tokens.get(username) ?? '';
  const answer = await bed.call('GET', `/jobs/v2/counts${query}`, { token });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result;
}

async function countPlainly(condition: string): Promise<Record<string, number>> {
  const { rows } = await bed.database.pool.query<{ status: string; count: number }>(
    `select status, count(*)::integer as count from jobs where visible and ${condition} group by status`,
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.count]));
}

function asRecord({ statuses }: JobCounts): Record<string, number> {
  return Object.fromEntries(statuses.map((row) => [row.status, row.count]));
}

test('the counts are those of the listing without its pages, in the order of the statuses', async () => {
  const counts = await count(HEAVY_OWNER);
  assert.deepEqual(asRecord(counts), await countPlainly(`owner = '${HEAVY_OWNER}'`));
  assert.ok(counts.complete);
  const order = counts.statuses.map(({ status }) => status);
  assert.ok(order.indexOf('RUNNING') < order.indexOf('FINISHED'), order.join());
  assert.equal(
    counts.total,
    counts.statuses.reduce((sum, row) => sum + row.count, 0),
  );
});

test('search parameters and saved filters choose what is counted', async () => {
  const query = '?name.like=*fold*&status.in=FAILED,RUNNING';
  const condition = `owner = '${HEAVY_OWNER}' and name like '%fold%' and status in ('FAILED', 'RUNNING')`;
  assert.deepEqual(asRecord(await count(HEAVY_OWNER, query)), await countPlainly(condition));
  const saved = await bed.call('PUT', '/jobs/v2/filters/bad', {
    token: tokens.get(HEAVY_OWNER) ?? '',
    body: { filter: 'status:failed limit:5' },
  });
  assert.equal(saved.status, 200, saved.text);
  const failed = await countPlainly(`owner = '${HEAVY_OWNER}' and status = 'FAILED'`);
  assert.deepEqual(asRecord(await count(HEAVY_OWNER, '?saved=bad')), failed);
});

test('an administrator who searches counts the jobs of everybody, and without a search their own', async () => {
  const all = await countPlainly(`status = 'KILLED'`);
  assert.deepEqual(asRecord(await count(MANY_JOBS_ADMIN, '?status=KILLED')), all);
  assert.deepEqual(await count(MANY_JOBS_ADMIN), { total: 0, complete: true, statuses: [] });
});

test('a search that cannot be understood is refused with the parameter, as the listing does', async () => {
  const token = tokens.get(SMALL_OWNER) ?? '';
  const bad = await bed.call('GET', '/jobs/v2/counts?status=FAILD', { token });
  assert.deepEqual([bad.status, codeOf(bad)], [400, 'request.bad-query']);
  const unknown = await bed.call('GET', '/jobs/v2/counts?saved=none', { token });
  assert.equal(codeOf(unknown), 'filter.not-found');
});

test('counting stops at the most that is wanted', async () => {
  const viewer = { username: HEAVY_OWNER, isAdmin: false };
  const counted = await countVisibleJobs(bed.db, viewer, { terms: [], most: 10 });
  assert.equal(
    counted.reduce((sum, row) => sum + row.count, 0),
    10,
  );
});

test('counts read the indexes of lists, not the table', async () => {
  for (const username of [HEAVY_OWNER, SMALL_OWNER]) {
    for (const query of [{}, { 'status.in': 'FAILED,KILLED' }, { 'name.like': '*fold*' }]) {
      const terms = parseJobSearch(query, { now: new Date(), username });
      assert.ok(terms.ok);
      const { scannedWhole, indexes } = await inspectablePlan(bed.database.pool, (pool, log) => {
        const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log });
        const viewer = { username, isAdmin: false };
        return countVisibleJobs(db, viewer, { terms: terms.value, most: 100_000 });
      });
      assert.ok(!scannedWhole.includes('jobs'), `${username} ${JSON.stringify(query)}`);
      assert.ok(
        indexes.some((index) => index.startsWith('jobs_')),
        indexes.join(),
      );
    }
  }
});
