import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../tests/support/eventually.ts';
import { ADMIN_TOKEN } from '../tests/support/service.ts';
import { type Measurement, percentile } from './measurement.ts';
import { openStreamBench, residentBytes, type StreamBenchBed, StreamClients } from './stream-bench-bed.ts';

const STREAMS = 10_000;
/** Of them about all jobs of a user; the others about one job each. */
const WATCHERS = 20;
const STREAMS_A_JOB = 10;
const JOBS = (STREAMS - WATCHERS) / STREAMS_A_JOB;

const EVENTS_A_SECOND = 300;
const SECONDS = 10;

interface Run {
  readonly bytesPerStream: number;
  readonly waits: readonly number[];
}

/**
 * Ten thousand streams on one service process: what each costs in memory, how long after its commit an event arrives,
 * and how soon all are back where they were after the service was restarted. Beside it bare node:http that writes the
 * same number of events to as many clients from memory.
 */
export async function benchStreams(): Promise<readonly Measurement[]> {
  const bare = await runBare();
  await using bed = await openStreamBench(JOBS);
  await using clients = new StreamClients();
  const own = await run(bed, clients);
  const reconnect = await cutAll(bed, clients);
  return [
    {
      name: `resident memory of each of ${STREAMS} streams`,
      value: own.bytesPerStream / 1_024,
      unit: 'KiB',
      baseline: { name: 'bare node:http', value: bare.bytesPerStream / 1_024 },
      aim: 'below 25 KiB',
    },
    ...[0.5, 0.99].map((share) => ({
      name: `commit to client at ${EVENTS_A_SECOND} events/s and ${STREAMS} streams, p${share * 100}`,
      value: percentile(own.waits, share),
      unit: 'ms',
      baseline: { name: 'bare node:http from memory', value: percentile(bare.waits, share) },
      aim: share === 0.5 ? null : 'below 500 ms',
    })),
    {
      name: `all ${STREAMS} streams are back after a restart and have what they missed`,
      value: reconnect,
      unit: 's',
      baseline: { name: 'longest pause of a client before it comes back', value: 2 },
      aim: 'below 10 s',
    },
  ];
}

async function run(bed: StreamBenchBed, clients: StreamClients): Promise<Run> {
  const { pid } = bed.service();
  // What the first requests load is not what streams cost.
  await fetch(`http://127.0.0.1:${bed.port}/jobs/v2`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const before = residentBytes(pid);
  const single = bed.jobs.flatMap((id) =>
    Array.from({ length: STREAMS_A_JOB }, () => ({
      key: id,
      path: `/jobs/v2/${id}/events?since=2`,
      token: ADMIN_TOKEN,
    })),
  );
  const watchers = Array.from({ length: WATCHERS }, () => ({
    key: 'all',
    path: '/jobs/v2/events',
    token: bed.ownerToken,
  }));
  await clients.open(bed.port, [...single, ...watchers]);
  await delay(5_000);
  const bytesPerStream = (residentBytes(pid) - before) / STREAMS;
  const waits = await atRate(bed, clients);
  const { gaps } = await clients.state();
  if (gaps > 0) throw new Error(`${gaps} gaps in the streams`);
  return { bytesPerStream, waits };
}

/** Makes events at a fixed rate whatever becomes of them (open loop); milliseconds from each commit to each arrival. */
async function atRate(bed: StreamBenchBed, clients: StreamClients): Promise<number[]> {
  await clients.arrivals();
  const began = performance.now();
  const made = await Promise.all(
    Array.from({ length: SECONDS * EVENTS_A_SECOND }, async (_, index) => {
      await delay(Math.max(0, (index * 1_000) / EVENTS_A_SECOND - (performance.now() - began)));
      return bed.happen(jobAt(bed, index));
    }),
  );
  await delay(1_500);
  return waitsOf(new Map(made.map(({ event, at }) => [event, at])), await clients.arrivals());
}

function jobAt({ jobs }: StreamBenchBed, index: number) {
  const id = jobs[index % jobs.length];
  if (id === undefined) throw new Error('expected a job');
  return id;
}

function waitsOf(
  committed: ReadonlyMap<string, number>,
  arrivals: readonly (readonly [event: string, at: number])[],
): number[] {
  const waits = arrivals.flatMap(([event, at]) => {
    const since = committed.get(event);
    return since === undefined ? [] : [at - since];
  });
  const expected = committed.size * (STREAMS_A_JOB + WATCHERS);
  if (waits.length !== expected) throw new Error(`${waits.length} of ${expected} events arrived`);
  return waits;
}

/** Restarts the service while events go on; seconds from its first answer until every stream has everything. */
async function cutAll(bed: StreamBenchBed, clients: StreamClients): Promise<number> {
  const { events } = await clients.state();
  const restarting = bed.restart();
  const missed = bed.jobs.slice(0, 500);
  for (const id of missed) await bed.happen(id);
  await restarting;
  const began = performance.now();
  const expected = events + missed.length * (STREAMS_A_JOB + WATCHERS);
  const check = async () => {
    const state = await clients.state();
    if (state.gaps > 0) throw new Error(`${state.gaps} gaps in the streams`);
    return state.open === STREAMS && state.events === expected;
  };
  await eventually('all are back with everything', check, { timeoutMs: 60_000, intervalMs: 50 });
  return (performance.now() - began) / 1_000;
}

async function runBare(): Promise<Run> {
  const server = fork(join(import.meta.dirname, 'bare-sse-process.ts'), [String(STREAMS_A_JOB)]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  await using clients = new StreamClients();
  const pid = server.pid ?? 0;
  const before = residentBytes(pid);
  const order = (path: string) => ({ key: path, path, token: ADMIN_TOKEN });
  await clients.open(port, [
    ...Array.from({ length: STREAMS - WATCHERS }, () => order('/one')),
    ...Array.from({ length: WATCHERS }, () => order('/all')),
  ]);
  await delay(5_000);
  const bytesPerStream = (residentBytes(pid) - before) / STREAMS;
  const made = new Map<string, number>();
  server.on('message', ({ event, at }: { event: string; at: number }) => made.set(event, at));
  server.send({ rate: EVENTS_A_SECOND });
  await delay(SECONDS * 1_000);
  server.send({ rate: 0 });
  await delay(1_500);
  const waits = waitsOf(made, await clients.arrivals());
  server.disconnect();
  await once(server, 'exit');
  return { bytesPerStream, waits };
}
