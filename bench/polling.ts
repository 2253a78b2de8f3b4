import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { insertApp } from '../packages/server/src/database/apps.ts';
import { inTransaction, openDatabase } from '../packages/server/src/database/connection.ts';
import { createIdSource } from '../packages/server/src/domain/id-source.ts';
import { acceptJob } from '../packages/server/src/events/record.ts';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { ADMIN_TOKEN, startService, type TestService } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';
import { type PollLoader, type PollLoadResult, startPollLoader } from './poll-load.ts';

const JOBS = 10_000;
const CONNECTIONS = 64;
/** Short rounds in turn, so that what else the machine does meets both alike. */
const ROUNDS = 4;
const ROUND_SECONDS = 1.5;
const HEADERS = { authorization: `Bearer ${ADMIN_TOKEN}` };

/**
 * What polling an unchanged job costs beside a bare route that sends the same bytes without asking who calls; then ten
 * thousand jobs polled by as many clients; then what all of that asks of the database.
 */
export async function benchPolling(): Promise<Measurement[]> {
  const database = await createTestDatabase();
  // No worker: jobs stay as they are.
  const environment = { ARRAS_LOG_LEVEL: 'warn', ARRAS_ROLES: 'api', ARRAS_POLLING_CACHE: '128MiB' };
  await using loader = startPollLoader();
  try {
    await using service = await startService({ databaseUrl: database.url, environment });
    const ids = await storeJobs(database);
    return [
      ...(await besideBareRoute(loader, service, ids[0] ?? '')),
      ...(await manyPollers(loader, service, database, ids)),
      await withCompany(loader, service, database, ids[0] ?? ''),
    ];
  } finally {
    await database.drop();
  }
}

async function storeJobs({ pool }: TestDatabase): Promise<string[]> {
  const db = openDatabase(pool);
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const app = { uuid: newId('app'), id: 'noop-1.0', owner: 'admin', execution_system: 'local' };
  await inTransaction(db, (tx) => insertApp(tx, app, {}));
  const ids: string[] = [];
  const store = async () => {
    while (ids.length < JOBS) {
      const id = newId('job');
      ids.push(id);
      const job = {
        id,
        name: 'polled job',
        owner: 'admin',
        app_id: app.id,
        app_uuid: app.uuid,
        app_revision: 1,
        execution_system: app.execution_system,
        node_count: 1,
        processors_per_node: 1,
        archive: false,
        inputs: JSON.stringify({ dataset: ['agave://data.example.org/shared/reads.fastq'] }),
        parameters: JSON.stringify({ threshold: 0.05, title: 'night run' }),
      };
      await inTransaction(db, (tx) => acceptJob(tx, { job, newId, deadlineMs: 86_400_000 }));
    }
  };
  await Promise.all(Array.from({ length: 8 }, store));
  // As the server does by itself a minute after so many new rows.
  await pool.query('analyze');
  return ids;
}

/** The three answers that clients poll, each beside a bare route with its bytes. */
async function besideBareRoute(loader: PollLoader, service: TestService, id: string): Promise<Measurement[]> {
  const paths = [`/jobs/v2/${id}/status`, `/jobs/v2/${id}/history`, `/jobs/v2/${id}`];
  const bodies = await Promise.all(
    paths.map(
      async (path) => [path, await (await fetch(service.url + path, { headers: HEADERS })).text()] as const,
    ),
  );
  const bare = fork(join(import.meta.dirname, 'bare-server-process.ts'));
  bare.send(Object.fromEntries(bodies));
  const [bareUrl] = (await once(bare, 'message')) as [string];
  const measured: Measurement[] = [];
  for (const [index, path] of paths.entries()) {
    const own: PollLoadResult[] = [];
    const base: PollLoadResult[] = [];
    // The first round warms both up.
    await poll(loader, bareUrl, [path], {});
    await poll(loader, service.url, [path], HEADERS);
    for (let round = 0; round < ROUNDS; round += 1) {
      base.push(await poll(loader, bareUrl, [path], {}));
      own.push(await poll(loader, service.url, [path], HEADERS));
    }
    refuseOthers(own, ['200', '304']);
    measured.push(...compare(['status', 'history', 'full job'][index] ?? '', own, base));
  }
  bare.disconnect();
  await once(bare, 'exit');
  return measured;
}

function poll(
  loader: PollLoader,
  url: string,
  paths: readonly string[],
  headers: Readonly<Record<string, string>>,
): Promise<PollLoadResult> {
  return loader.run({ url, paths, headers, connections: CONNECTIONS, seconds: ROUND_SECONDS });
}

function compare(
  what: string,
  own: readonly PollLoadResult[],
  base: readonly PollLoadResult[],
): readonly Measurement[] {
  const name = `conditional GET of the ${what}, authenticated, ${CONNECTIONS} connections`;
  const bare = 'bare Fastify route with the same bytes';
  return [
    {
      name,
      value: rateOf(own),
      unit: 'answers/s',
      baseline: { name: bare, value: rateOf(base) },
      aim: 'at least half',
    },
    {
      name: `${name}, p99`,
      value: percentile(
        own.flatMap(({ samples }) => samples),
        0.99,
      ),
      unit: 'ms',
      baseline: {
        name: bare,
        value: percentile(
          base.flatMap(({ samples }) => samples),
          0.99,
        ),
      },
      aim: 'below 20 ms',
    },
  ];
}

/** The median of the rounds. */
function rateOf(results: readonly PollLoadResult[]): number {
  return percentile(
    results.map(({ requests, seconds }) => requests / seconds),
    0.5,
  );
}

function refuseOthers(results: readonly PollLoadResult[], statuses: readonly string[]): void {
  for (const result of results)
    for (const status of Object.keys(result.statuses))
      if (!statuses.includes(status))
        throw new Error(`unexpected answers: ${JSON.stringify(result.statuses)}`);
}

/** As many clients as jobs, each with its own job; first when nothing is known of them, then again and again. */
async function manyPollers(
  loader: PollLoader,
  service: TestService,
  database: TestDatabase,
  ids: readonly string[],
): Promise<Measurement[]> {
  const paths = ids.map((id) => `/jobs/v2/${id}/status`);
  const load = { url: service.url, paths, headers: HEADERS, connections: CONNECTIONS };
  const first = await loader.run({ ...load, seconds: 60, maxRequests: JOBS });
  refuseOthers([first], ['200', '304']);
  const counter = countTransactions(database.pool);
  const before = await counter();
  const idle = await counter();
  const again = await loader.run({ ...load, seconds: 5 });
  const after = await counter();
  refuseOthers([again], ['304']);
  const one = await poll(loader, service.url, paths.slice(0, 1), HEADERS);
  const bulk = await askForAll(service, ids);
  return [
    {
      name: `status of ${JOBS} jobs polled in turn`,
      value: again.requests / again.seconds,
      unit: 'answers/s',
      baseline: { name: 'one job', value: one.requests / one.seconds },
      aim: `more than ${JOBS}: each once a second`,
    },
    {
      name: `status of ${JOBS} jobs polled in turn, p99`,
      value: percentile(again.samples, 0.99),
      unit: 'ms',
      baseline: { name: 'one job', value: percentile(one.samples, 0.99) },
      aim: 'below 20 ms',
    },
    {
      name: `first poll of each of ${JOBS} jobs`,
      value: first.requests / first.seconds,
      unit: 'answers/s',
      baseline: { name: 'unchanged', value: again.requests / again.seconds },
      aim: null,
    },
    {
      name: `statuses of ${JOBS} jobs in one request`,
      value: bulk,
      unit: 'ms',
      baseline: { name: 'as many single answers', value: (JOBS / again.requests) * again.seconds * 1000 },
      aim: null,
    },
    {
      name: 'database transactions for 1,000 polls of unchanged jobs, above those of the idle service',
      value: (extraTransactions(before, idle, after) / again.requests) * 1000,
      unit: 'transactions',
      baseline: null,
      aim: 'none',
    },
  ];
}

/** Milliseconds of one request for the statuses of all jobs, the median of several. */
async function askForAll(service: TestService, ids: readonly string[]): Promise<number> {
  const samples: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const since = performance.now();
    const answer = await fetch(`${service.url}/jobs/v2/statuses`, {
      method: 'POST',
      headers: { ...HEADERS, 'content-type': 'application/json' },
      body: JSON.stringify({ ids }),
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`unexpected answer: ${answer.status}`);
    samples.push(performance.now() - since);
  }
  return percentile(samples, 0.5);
}

interface TransactionCount {
  readonly at: number;
  readonly count: number;
}

/** Sessions that have become idle tell what they did within 10 s (PostgreSQL: pgstat_report_stat). */
const STATISTICS_SETTLE_MS = 11_000;

/** Transactions in the database so far, whoever made them. */
function countTransactions(pool: pg.Pool): () => Promise<TransactionCount> {
  return async () => {
    await delay(STATISTICS_SETTLE_MS);
    const { rows } = await pool.query<{ count: string }>(
      'select xact_commit + xact_rollback as count from pg_stat_database where datname = current_database()',
    );
    return { at: performance.now(), count: Number(rows[0]?.count) };
  };
}

/** Transactions after the idle time that are more than as many seconds of idling have. */
function extraTransactions(
  before: TransactionCount,
  idle: TransactionCount,
  after: TransactionCount,
): number {
  const idleRate = (idle.count - before.count) / (idle.at - before.at);
  return Math.max(0, after.count - idle.count - idleRate * (after.at - idle.at));
}

/** With a second process on the database every poll has to know that nothing is new: many share one look. */
async function withCompany(
  loader: PollLoader,
  service: TestService,
  database: TestDatabase,
  id: string,
): Promise<Measurement> {
  const paths = [`/jobs/v2/${id}/status`];
  await poll(loader, service.url, paths, HEADERS);
  const alone = await poll(loader, service.url, paths, HEADERS);
  const environment = { ARRAS_LOG_LEVEL: 'warn', ARRAS_ROLES: 'api' };
  await using _company = await startService({ databaseUrl: database.url, environment });
  await delay(3_000);
  const shared = await poll(loader, service.url, paths, HEADERS);
  return {
    name: `conditional GET of the status with a second process on the database, ${CONNECTIONS} connections`,
    value: shared.requests / shared.seconds,
    unit: 'answers/s',
    baseline: { name: 'alone', value: alone.requests / alone.seconds },
    aim: null,
  };
}
