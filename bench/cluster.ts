import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JobCounts } from '../packages/contract/src/index.ts';
import { registerApp, submitJob } from '../tests/support/api.ts';
import { eventually } from '../tests/support/eventually.ts';
import type { Slurm } from '../tests/support/slurm.ts';
import { type ClusterBenchBed, openClusterBench } from './cluster-bench-bed.ts';
import { type Measurement, percentile } from './measurement.ts';

const JOBS = 500;
const SUBMITTERS = 16;
/** Asked of both, so that Slurm has the same to place. */
const RESOURCES = { memoryPerNode: '64MB', maxRunTime: '00:10:00' };
const DIRECTIVES = ['--nodes=1', '--ntasks-per-node=1', '--mem=64M', '--time=10'];
const DEADLINE_MS = 90_000;
/** Between two looks whether all have ended; each look at hundreds of jobs costs the two cores something. */
const LOOK_MS = 100;

const TIMED_JOBS = 60;

/**
 * Jobs that do nothing through the service and Slurm, beside a bare loop of `sbatch` on the same Slurm; then how soon an
 * end is seen. There are no callbacks: ends come by way of the exit markers alone.
 */
export async function benchCluster(): Promise<readonly Measurement[]> {
  await using bed = await openClusterBench();
  const noop = await registerClusterApp(bed, 'noop', 'exit 0\n');
  await finishJobs(bed, noop, 20);
  const bare = await submitBare(bed.slurm);
  const before = bed.remoteCommands();
  const own = await finishJobs(bed, noop, JOBS);
  const commands = bed.remoteCommands() - before;
  const waits = await timeEnds(bed);
  return [
    {
      name: `${JOBS} no-op jobs in Slurm, first submission to last FINISHED`,
      value: own,
      unit: 's',
      baseline: { name: 'bare sbatch loop, to the last end in the queue', value: bare },
      aim: 'at most 1.1 times as long',
    },
    {
      name: `remote commands for ${JOBS} jobs`,
      value: commands,
      unit: 'commands',
      baseline: { name: 'jobs', value: JOBS },
      aim: 'fewer than jobs',
    },
    ...[0.5, 0.95].map((share) => ({
      name: `end of the program to FINISHED visible, p${share * 100}`,
      value: percentile(waits, share),
      unit: 'ms',
      baseline: null,
      aim: share === 0.95 ? 'below 2000 ms' : null,
    })),
  ];
}

function registerClusterApp({ api, systems }: ClusterBenchBed, name: string, template: string) {
  return registerApp(api, systems, { name, template, executionType: 'HPC' });
}

/** Submits jobs from several clients and waits until all have ended; returns seconds. */
async function finishJobs(bed: ClusterBenchBed, appId: string, count: number): Promise<number> {
  const finished = await countFinished(bed);
  const began = performance.now();
  await submitJobs(bed, appId, count);
  // As `squeue` is asked of the bare loop: how many, and not all about each of them.
  const check = async () => {
    const missing = finished + count - (await countFinished(bed));
    if (missing > 0) throw new Error(`${missing} are not`);
    return true;
  };
  await eventually(`all ${count} jobs are FINISHED`, check, { timeoutMs: DEADLINE_MS, intervalMs: LOOK_MS });
  return (performance.now() - began) / 1_000;
}

async function countFinished({ api }: ClusterBenchBed): Promise<number> {
  const { statuses } = await api.call<JobCounts>('GET', '/jobs/v2/counts');
  const countOf = (wanted: string) => statuses.find(({ status }) => status === wanted)?.count ?? 0;
  if (countOf('FAILED') > 0) throw new Error(`${countOf('FAILED')} jobs failed`);
  return countOf('FINISHED');
}

async function submitJobs({ api }: ClusterBenchBed, appId: string, count: number): Promise<string[]> {
  const ids: string[] = [];
  let left = count;
  const submitter = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push((await submitJob(api, appId, RESOURCES)).id);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submitter));
  return ids;
}

/**
 * Waits until each of the newest jobs has been seen in one of these statuses; returns when each was first seen there, in
 * milliseconds since 1970. One page of the list is asked for at a time: a poll for each job would be most of what is
 * measured.
 */
async function untilSeen(
  { api }: ClusterBenchBed,
  ids: readonly string[],
  statuses: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const waiting = new Set(ids);
  const seen = new Map<string, number>();
  const check = async () => {
    for (let offset = 0; offset < ids.length; offset += 250) {
      const page = await api.call<{ readonly id: string; readonly status: string }[]>(
        'GET',
        `/jobs/v2?limit=250&offset=${offset}&orderBy=created&order=DESC&filter=id,status`,
      );
      for (const { id, status } of page) {
        if (status === 'FAILED') throw new Error(`job ${id} failed`);
        if (statuses.includes(status) && waiting.delete(id)) seen.set(id, Date.now());
      }
    }
    if (waiting.size > 0) throw new Error(`${waiting.size} are not`);
    return true;
  };
  const what = `all ${ids.length} jobs are ${statuses.join(' or ')}`;
  await eventually(what, check, { timeoutMs: DEADLINE_MS, intervalMs: LOOK_MS });
  return seen;
}

const LOOP = `for (( n = 0; n < $1; n++ )); do
  sbatch --parsable --no-requeue --export=NONE --chdir=/ --output=/dev/null --job-name=bare "\${@:2}" --wrap='exit 0' >/dev/null || exit 1
done`;

/** Seconds from the first `sbatch` to the moment at which the queue shows none of the jobs as unfinished. */
async function submitBare(slurm: Slurm): Promise<number> {
  const began = performance.now();
  await promisify(execFile)('bash', ['-c', LOOP, 'loop', String(JOBS), ...DIRECTIVES], {
    env: slurm.environment,
    timeout: DEADLINE_MS,
  });
  const unfinished = () => slurm.run('squeue', '-h', '-n', 'bare', '-t', 'PD,CF,R,CG', '-o', '%i');
  await eventually('the bare jobs have ended', () => unfinished() === '', {
    timeoutMs: DEADLINE_MS,
    intervalMs: LOOK_MS,
  });
  return (performance.now() - began) / 1_000;
}

/** Milliseconds from the last act of each program to the first answer that says FINISHED. */
async function timeEnds(bed: ClusterBenchBed): Promise<readonly number[]> {
  const log = join(bed.systems.root, 'ends.log');
  const end = `printf '%s %s\\n' "\${AGAVE_JOB_ID}" "$EPOCHREALTIME" >> '${log}'`;
  const timed = await registerClusterApp(bed, 'timed', `sleep $((RANDOM % 6 + 2))\n${end}\n`);
  const seen = await untilSeen(bed, await submitJobs(bed, timed, TIMED_JOBS), ['FINISHED']);
  const ends = (await readFile(log, 'utf8')).trim().split('\n');
  const waits = ends.flatMap((line) => {
    const [id = '', seconds] = line.split(' ');
    const at = seen.get(id);
    return at === undefined ? [] : [at - Number(seconds) * 1_000];
  });
  if (waits.length !== TIMED_JOBS) throw new Error(`${waits.length} of ${TIMED_JOBS} ends were written down`);
  return waits;
}
