import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HistoryEntry } from '../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobEnd,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../tests/support/api.ts';
import { startService } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';

const TEMPLATE = 'exit 0\n';
const JOBS = 600;
const SUBMITTERS = 16;
const SUBMISSIONS_A_SECOND = 100;
const SUBMISSION_SECONDS = 10;

/**
 * Jobs per second from submission to FINISHED for a program that does nothing, beside a bare loop that spawns
 * the same program; then the latency of submissions at a fixed rate, beside a request that reads a status.
 */
export async function benchJobs(): Promise<Measurement[]> {
  const root = await mkdtemp(join(tmpdir(), 'arras-bench-'));
  // Durability on, log level as a quiet operator would have it.
  await using service = await startService({ environment: { ARRAS_LOG_LEVEL: 'warn' } });
  const api = connectApi(() => service.url);
  try {
    const systems = await registerLocalSystems(api, root);
    const appId = await registerApp(api, systems, { name: 'noop', template: TEMPLATE });
    await finishJobs(api, appId, 40);
    const bare = await spawnLoop(root);
    const jobs = await finishJobs(api, appId, JOBS);
    const latency = await submitAtRate(api, appId);
    return [
      {
        name: 'no-op jobs, submission to FINISHED',
        value: jobs,
        unit: 'jobs/s',
        baseline: { name: 'bare loop spawning the same program, 2 at a time', value: bare },
        aim: 'at least 60 jobs/s on 2 cores',
      },
      ...latency,
    ];
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Submits jobs from several clients and waits until all have ended; returns jobs per second. */
async function finishJobs(api: Api, appId: string, count: number): Promise<number> {
  const began = performance.now();
  const ids: string[] = [];
  let left = count;
  const submitter = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      ids.push((await submitJob(api, appId)).id);
    }
  };
  await Promise.all(Array.from({ length: SUBMITTERS }, submitter));
  await allEnded(api, ids.length, began);
  return (count / (performance.now() - began)) * 1000;
}

/** Asks for one page of the list at a time: a poll per job would be most of what is measured. */
async function allEnded(api: Api, count: number, began: number): Promise<void> {
  const deadline = began + 120_000;
  for (let offset = 0; offset < count; ) {
    if (performance.now() > deadline) throw new Error(`only ${offset} of ${count} jobs ended within 120 s`);
    const page = await api.call<{ readonly status: string }[]>(
      'GET',
      `/jobs/v2?limit=250&offset=${offset}&orderBy=created&order=DESC`,
    );
    const ended = page.slice(0, count - offset).filter(({ status }) => status === 'FINISHED').length;
    if (ended === Math.min(250, count - offset)) offset += ended;
    else await delay(25);
  }
}

async function spawnLoop(root: string): Promise<number> {
  const script = join(root, 'noop.sh');
  await writeFile(script, TEMPLATE);
  const began = performance.now();
  let left = JOBS;
  const spawner = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await once(spawn('bash', [script], { stdio: 'ignore' }), 'exit');
    }
  };
  await Promise.all([spawner(), spawner()]);
  return (JOBS / (performance.now() - began)) * 1000;
}

/** Submits at a fixed rate whatever the answers do, so that a slow answer cannot slow the rate (open loop). */
async function submitAtRate(api: Api, appId: string): Promise<Measurement[]> {
  const count = SUBMISSIONS_A_SECOND * SUBMISSION_SECONDS;
  const began = performance.now();
  let lastId = '';
  const samples = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await delay(Math.max(0, (index * 1000) / SUBMISSIONS_A_SECOND - (performance.now() - began)));
      const sent = performance.now();
      lastId = (await submitJob(api, appId)).id;
      return performance.now() - sent;
    }),
  );
  const reads: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    const sent = performance.now();
    await api.call<HistoryEntry>('GET', `/jobs/v2/${lastId}/status`);
    reads.push(performance.now() - sent);
  }
  await jobEnd(api, lastId, 120_000);
  return [0.5, 0.99].map((share) => ({
    name: `submission at ${SUBMISSIONS_A_SECOND}/s, p${share * 100}`,
    value: percentile(samples, share),
    unit: 'ms',
    baseline: {
      name: `reading a status while the jobs run, p${share * 100}`,
      value: percentile(reads, share),
    },
    aim: share === 0.99 ? 'below 50 ms' : null,
  }));
}
