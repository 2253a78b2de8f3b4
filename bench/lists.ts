import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { hashToken, makeToken } from '../packages/server/src/auth/token.ts';
import { createTestDatabase } from '../tests/support/database.ts';
import {
  addManyJobs,
  HEAVY_OWNER,
  MANY_JOBS_ADMIN,
  MIDDLE_OWNER,
  SMALL_OWNER,
} from '../tests/support/many-jobs.ts';
import { startService, type TestService } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';

/** Jobs in the database; fewer make a short run, such as ARRAS_BENCH_JOBS=20000. */
const JOBS = Number(process.env['ARRAS_BENCH_JOBS'] ?? 1_000_000);
const EVENTS_PER_JOB = 20;
/** Requests of each kind and user. */
const REQUESTS = 200;

const OWNERS = [HEAVY_OWNER, MIDDLE_OWNER, SMALL_OWNER] as const;
const USERS = [...OWNERS, MANY_JOBS_ADMIN] as const;

/** The query of the nth request: other values each time, so that no answer is one from memory. */
const LISTS: Readonly<Record<string, (n: number) => string>> = {
  'the default list': () => '',
  'by open statuses': () => 'status.in=RUNNING,QUEUED',
  'by an ended status': (n) => `status=${n % 2 === 0 ? 'FAILED' : 'KILLED'}`,
  'by app': (n) => `appid=app${(n * 7) % 200}-1.0`,
  'by execution system': (n) => `executionsystem=system${n % 20}`,
  'by the beginning of the name': (n) => `name.like=blast-run-${10 + (n % 90)}*`,
  'by a part of the name that is common': (n) => `name.like=*${['pyplot', 'fold', 'Final', 'seq'][n % 4]}*`,
  'by a part of the name that is rare': (n) => `name.like=*test-${1_000 + n}*`,
  'by the time of submission': (n) => `created.after=${1 + (n % 60)} days ago`,
  'by owner': (n) => `owner=${USERS[n % 3]}`,
  'by status, app and time': (n) => `status=FAILED&appid=app${n % 50}-1.0&created.after=200 days ago`,
  'in the order of submission': () => 'orderBy=created&order=DESC&name.like=*',
};

/**
 * Lists and histories over HTTP with a million jobs of unequal owners and twenty million events, beside reading the
 * same number of rows by their primary key. For each kind of list the slowest of four users counts.
 */
export async function benchLists(): Promise<Measurement[]> {
  const database = await createTestDatabase();
  try {
    const began = performance.now();
    await addManyJobs(database.pool, { jobs: JOBS, eventsPerJob: EVENTS_PER_JOB });
    console.error(`lists: ${JOBS} jobs in ${Math.round((performance.now() - began) / 1_000)} s`);
    const tokens = await addTokens(database.pool);
    await using service = await startService({
      databaseUrl: database.url,
      environment: { ARRAS_LOG_LEVEL: 'warn', ARRAS_ROLES: 'api' },
    });
    const baseline = await readByKey(database.pool);
    const results: Measurement[] = [];
    for (const [name, query] of Object.entries(LISTS)) {
      results.push(await measureList({ service, tokens, name, query, baseline }));
    }
    return [...results, await measureHistory(service, tokens, database.pool)];
  } finally {
    await database.drop();
  }
}

type Tokens = ReadonlyMap<string, string>;

async function addTokens(pool: pg.Pool): Promise<Tokens> {
  const tokens = new Map(USERS.map((username) => [username, makeToken(randomBytes(32))] as const));
  for (const [username, token] of tokens) {
    await pool.query(`insert into tokens (id, token_hash, username, name) values ($1, $2, $1, 'bench')`, [
      username,
      hashToken(token),
    ]);
  }
  return tokens;
}

interface ListCase {
  readonly service: TestService;
  readonly tokens: Tokens;
  readonly name: string;
  readonly query: (n: number) => string;
  readonly baseline: number;
}

async function measureList({ service, tokens, name, query, baseline }: ListCase): Promise<Measurement> {
  const byUser = [];
  for (const username of USERS) {
    const samples = await time(REQUESTS, (n) =>
      get(service, tokens.get(username), `/jobs/v2?${encodeURI(query(n))}&request=${n}`),
    );
    byUser.push({ username, p50: percentile(samples, 0.5), p99: percentile(samples, 0.99) });
  }
  const slowest = byUser.toSorted((a, b) => b.p99 - a.p99)[0] ?? { username: '', p50: 0, p99: 0 };
  return {
    name: `list ${name}, p99 (${slowest.username}; p50 ${slowest.p50.toFixed(1)})`,
    value: slowest.p99,
    unit: 'ms',
    baseline: { name: '100 rows by primary key from this process, p99 in ms', value: baseline },
    aim: 'under 50 ms with 1,000,000 jobs',
  };
}

async function measureHistory(service: TestService, tokens: Tokens, pool: pg.Pool): Promise<Measurement> {
  const { rows } = await pool.query<{ id: string; owner: string }>(
    `select id, owner from jobs where owner = any($1) and visible order by md5(id) limit $2`,
    [[...OWNERS], REQUESTS * 4],
  );
  const jobAt = (n: number) => rows[n % rows.length] ?? { id: '', owner: '' };
  const samples = await time(rows.length, (n) => {
    const { id, owner } = jobAt(n);
    return get(service, tokens.get(owner), `/jobs/v2/${id}/history`);
  });
  const bare = await time(rows.length, (n) =>
    pool.query('select * from job_events where job_id = $1 order by seq', [jobAt(n).id]),
  );
  return {
    name: `history, p99 (p50 ${percentile(samples, 0.5).toFixed(1)})`,
    value: percentile(samples, 0.99),
    unit: 'ms',
    baseline: { name: 'its rows by primary key from this process, p99 in ms', value: percentile(bare, 0.99) },
    aim: 'under 50 ms with 20,000,000 events',
  };
}

/** p99 of reading a page's worth of random rows. */
async function readByKey(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ id: string }>(
    'select id from jobs tablesample system (2) order by md5(id) limit $1',
    [REQUESTS * 100],
  );
  const samples = await time(REQUESTS, (n) =>
    pool.query('select * from jobs where id = any($1)', [
      rows.slice((n * 100) % rows.length, ((n * 100) % rows.length) + 100).map(({ id }) => id),
    ]),
  );
  return percentile(samples, 0.99);
}

async function get(service: TestService, token: string | undefined, path: string): Promise<void> {
  const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
}

/** Durations in milliseconds, after a few rounds that do not count. */
async function time(count: number, work: (n: number) => Promise<unknown>): Promise<number[]> {
  for (let n = 0; n < 5; n += 1) await work(count + n);
  const samples: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const began = performance.now();
    await work(n);
    samples.push(performance.now() - began);
  }
  return samples;
}
