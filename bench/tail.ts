import { spawn } from 'node:child_process';
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { JobView } from '../packages/contract/src/index.ts';
import {
  type Api,
  connectApi,
  jobStatus,
  registerApp,
  registerLocalSystems,
  submitJob,
} from '../tests/support/api.ts';
import { eventually } from '../tests/support/eventually.ts';
import { ADMIN_TOKEN, startService } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';

const LINES = 60;
const LARGE_BYTES = 100 * 1024 ** 2;
const OPENINGS = 20;

/** Writes the time it is, again and again, at no regular times. */
const TEMPLATE = `for (( n = 0; n < ${LINES}; n++ )); do
  sleep "0.$((RANDOM % 4 + 1))$((RANDOM % 10))"
  echo "$EPOCHREALTIME"
done
`;

/**
 * How soon a line that a program writes is with a client that follows its log, beside `tail -f` on the same file; then how
 * soon a client that opens a log of 100 MiB at its end has its first byte, beside a plain status request.
 */
export async function benchTail(): Promise<readonly Measurement[]> {
  const root = await mkdtemp(join(tmpdir(), 'arras-bench-'));
  await using service = await startService({ environment: { ARRAS_LOG_LEVEL: 'warn' } });
  const api = connectApi(() => service.url);
  try {
    const systems = await registerLocalSystems(api, root);
    const appId = await registerApp(api, systems, { name: 'clock', template: TEMPLATE });
    const { id } = await submitJob(api, appId);
    const job = await jobStatus(api, id, 'RUNNING');
    const [followed, tailed] = await Promise.all([
      timeLines(await openTail(service.url, job)),
      timeTail(join(root, 'scratch', job.outputPath ?? '', logName(job))),
    ]);
    const opened = await timeOpenings(service.url, api, { root, appId });
    return [...compareLines(followed, tailed), opened];
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function compareLines(followed: readonly number[], tailed: readonly number[]): readonly Measurement[] {
  return [0.5, 0.95].map((share) => ({
    name: `line written to line received by ?follow=1, p${share * 100}`,
    value: percentile(followed, share),
    unit: 'ms',
    baseline: { name: 'tail -f', value: percentile(tailed, share) },
    aim: null,
  }));
}

function logName({ id }: JobView): string {
  return `test-job-${id}.out`;
}

async function openTail(url: string, job: JobView, from?: number): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(`${url}/jobs/v2/${job.id}/outputs/media/${logName(job)}?follow=1`, {
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      ...(from !== undefined && { range: `bytes=${from}-` }),
    },
  });
  if (!response.ok || response.body === null) throw new Error(`the tail answers ${response.status}`);
  return response.body;
}

async function timeTail(path: string): Promise<readonly number[]> {
  const child = spawn('tail', ['-n', '+1', '-F', path], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    return await timeLines(child.stdout as Readable & AsyncIterable<Uint8Array>);
  } finally {
    child.kill();
  }
}

/** Milliseconds from the time in each line to its arrival. */
async function timeLines(pieces: AsyncIterable<Uint8Array>): Promise<readonly number[]> {
  const waits: number[] = [];
  let held = '';
  for await (const piece of pieces) {
    const now = performance.timeOrigin + performance.now();
    const lines = (held + Buffer.from(piece).toString()).split('\n');
    held = lines.pop() ?? '';
    waits.push(...lines.map((line) => now - Number(line) * 1_000));
    if (waits.length >= LINES) break;
  }
  return waits;
}

async function timeOpenings(
  url: string,
  api: Api,
  { root, appId }: { readonly root: string; readonly appId: string },
): Promise<Measurement> {
  const { id } = await submitJob(api, appId);
  const job = await jobStatus(api, id, 'RUNNING');
  const path = join(root, 'scratch', job.outputPath ?? '', logName(job));
  await eventually('the log can be made long', () => truncate(path, LARGE_BYTES).then(() => true));
  const times: number[] = [];
  const plain: number[] = [];
  for (let n = 0; n < OPENINGS; n++) {
    times.push(await timed(() => readFirst(url, job)));
    plain.push(await timed(() => api.call('GET', `/jobs/v2/${id}/status`)));
  }
  await api.call('POST', `/jobs/v2/${id}`, { action: 'kill' });
  return {
    name: 'first byte of the last 4 KiB of a log of 100 MiB, p50',
    value: percentile(times, 0.5),
    unit: 'ms',
    baseline: { name: 'a status', value: percentile(plain, 0.5) },
    aim: null,
  };
}

async function readFirst(url: string, job: JobView): Promise<void> {
  for await (const piece of await openTail(url, job, LARGE_BYTES - 4_096)) if (piece.length > 0) return;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
