import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JobCounts } from '../packages/contract/src/index.ts';
import { createIdSource } from '../packages/server/src/domain/id-source.ts';
import { tryTag } from '../packages/server/src/domain/places.ts';
import { registerApp, submitJob } from '../tests/support/api.ts';
import { createTestDatabase, type TestDatabase } from '../tests/support/database.ts';
import { eventually } from '../tests/support/eventually.ts';
import { type ClusterBenchBed, openClusterBench } from './cluster-bench-bed.ts';
import type { Measurement } from './measurement.ts';

const ACTIVE = [10, 1_000, 10_000] as const;
const WATCHED_SECONDS = 30;
/** All jobs are held back, so that nothing happens to them: 10,000 programs would not fit on two cores. */
const HELD = '#SBATCH --hold';
/** Slurm's default is 10,000. */
const MORE_JOBS = ['MaxJobCount=20000'];
const DEADLINE_MS = 300_000;

/**
 * What the watching of many jobs costs the login node: remote commands a minute with ever more of them in the queue. One
 * of each lot comes through the service; the rest are further copies of its row, each with a job of its own in Slurm.
 */
export async function benchClusterWatch(): Promise<readonly Measurement[]> {
  const database = await createTestDatabase();
  try {
    await using bed = await openClusterBench({
      databaseUrl: database.url,
      slurm: { more: MORE_JOBS },
      customDirectives: HELD,
    });
    const held = await registerApp(bed.api, bed.systems, {
      name: 'held',
      template: 'exit 0\n',
      executionType: 'HPC',
    });
    const rates: number[] = [];
    let active = 0;
    for (const count of ACTIVE) {
      const { id } = await submitJob(bed.api, held, { memoryPerNode: '64MB', maxRunTime: '00:10:00' });
      await untilQueued(bed, active + 1);
      await addCopies(bed, database, id, count - active - 1);
      active = count;
      rates.push(await countCommands(bed));
      await untilQueued(bed, active);
    }
    return describe(rates);
  } finally {
    await database.drop();
  }
}

function describe(rates: readonly number[]): readonly Measurement[] {
  const [few = 0, ...others] = rates;
  return others.map((rate, index) => ({
    name: `remote commands a minute while ${ACTIVE[index + 1]} jobs are active`,
    value: rate,
    unit: 'commands/min',
    baseline: { name: `${ACTIVE[0]} jobs`, value: few },
    aim: 'as many',
  }));
}

async function untilQueued({ api }: ClusterBenchBed, count: number): Promise<void> {
  const check = async () => {
    const { statuses } = await api.call<JobCounts>('GET', '/jobs/v2/counts');
    const queued = statuses.find(({ status }) => status === 'QUEUED')?.count ?? 0;
    if (queued !== count) throw new Error(`${queued} are: ${JSON.stringify(statuses)}`);
    return true;
  };
  await eventually(`${count} jobs are QUEUED`, check, { timeoutMs: DEADLINE_MS, intervalMs: 250 });
}

/** Jobs wait in Slurm before their rows are there, so that no look misses one. */
async function addCopies(
  { slurm }: ClusterBenchBed,
  { pool }: TestDatabase,
  original: string,
  count: number,
): Promise<void> {
  const newId = createIdSource({ nowMs: () => Date.now(), randomBytes });
  const ids = Array.from({ length: count }, () => newId('job'));
  const tags = ids.map((id) => tryTag(id, 1));
  await promisify(execFile)('bash', ['-c', SUBMIT_HELD, 'loop', ...tags], {
    env: slurm.environment,
    timeout: DEADLINE_MS,
  });
  await pool.query(COPY_JOB, [original, ids]);
}

const SUBMIT_HELD = `for tag; do
  sbatch --hold --parsable --no-requeue --export=NONE --chdir=/ --output=/dev/null --mem=64M --job-name="$tag" --wrap='exit 0' >/dev/null &
  (( ++n % 4 )) || wait
done
wait`;

/** The first look finds the jobs by their tags; a local id is one more thing that it compares. */
const COPY_JOB = `
  insert into jobs
  select (jsonb_populate_record(job, jsonb_build_object('id', copy.id, 'local_id', null,
    'work_path', job.work_path || '-' || copy.id))).*
  from jobs as job, unnest($2::text[]) as copy (id)
  where job.id = $1`;

async function countCommands(bed: ClusterBenchBed): Promise<number> {
  // What was submitted last is news and not watching.
  await delay(3_000);
  const before = bed.remoteCommands();
  await delay(WATCHED_SECONDS * 1_000);
  return ((bed.remoteCommands() - before) * 60) / WATCHED_SECONDS;
}
