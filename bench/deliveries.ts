import { setTimeout as delay } from 'node:timers/promises';
import { Agent } from 'undici';
import { type DeliveryBenchBed, openDeliveryBench, type ToldJob } from './delivery-bench-bed.ts';
import { type Measurement, percentile } from './measurement.ts';

const EVENTS_A_SECOND = 200;
const SECONDS = 10;

const BACKLOG_JOBS = 500;
const BACKLOG_EVENTS = 20;
const BACKLOG_HOSTS = 100;
/** POSTs under way at once in the bare loop: as many as deliveries. */
const BARE_AT_ONCE = 256;

const ENDPOINTS = 1_000;
const HANGING = 100;

/**
 * Time from the commit of an event to the first byte at the receiver; deliveries per second of a backlog, beside a
 * bare loop of POSTs to the same receiver; and what a hundred hanging endpoints among a thousand do to the others.
 * Events come from the functions of the database alone, so the job engine is not part of what is measured.
 */
export async function benchDeliveries(): Promise<readonly Measurement[]> {
  return [...(await latencies()), await throughput(), await isolation()];
}

async function latencies(): Promise<Measurement[]> {
  await using bed = await openDeliveryBench(50);
  const jobs = await tellAll(bed, 100, (index) => `${bed.endpoint(index % 50)}/ok`);
  await using _dispatching = bed.dispatch();
  await atRate(bed, jobs, 2);
  const waits = await atRate(bed, jobs, SECONDS);
  return [0.5, 0.99].map((share) => ({
    name: `commit to first byte at ${EVENTS_A_SECOND} events/s, p${share * 100}`,
    value: percentile([...waits.values()].flat(), share),
    unit: 'ms',
    baseline: null,
    aim: share === 0.5 ? 'below 15 ms' : 'below 100 ms',
  }));
}

async function throughput(): Promise<Measurement> {
  await using bed = await openDeliveryBench(BACKLOG_HOSTS);
  const jobs = await tellAll(bed, BACKLOG_JOBS, (index) => `${bed.endpoint(index % BACKLOG_HOSTS)}/ok`);
  for (const job of jobs) await bed.happen(job, BACKLOG_EVENTS);
  const began = performance.timeOrigin + performance.now();
  await using _notifications = bed.dispatch();
  await bed.drained(120_000);
  const arrivals = await bed.arrivals();
  const last = Math.max(...arrivals.values());
  const count = arrivals.size;
  if (count < BACKLOG_JOBS * BACKLOG_EVENTS) throw new Error(`only ${count} of the events arrived`);
  return {
    name: 'deliveries of a backlog',
    value: (count / (last - began)) * 1000,
    unit: 'deliveries/s',
    baseline: { name: 'bare undici POST loop to the same receiver', value: await bareLoop(bed, count) },
    aim: 'at least 1000 deliveries/s on 2 cores',
  };
}

async function bareLoop(bed: DeliveryBenchBed, count: number): Promise<number> {
  const agent = new Agent({ connections: 24 });
  const body = JSON.stringify({ id: 'x'.repeat(2_500) });
  const headers = { 'content-type': 'application/json', 'webhook-id': 'bare' };
  let left = count;
  const post = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const origin = bed.endpoint(left % BACKLOG_HOSTS);
      const answer = await agent.request({ origin, path: '/ok', method: 'POST', headers, body });
      await answer.body.dump();
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: BARE_AT_ONCE }, post));
  const seconds = (performance.now() - began) / 1000;
  await agent.close();
  return count / seconds;
}

function isHanging(index: number): boolean {
  return index % (ENDPOINTS / HANGING) === 0;
}

/** The same endpoints all well, with every tenth hanging, and both once more in the other order: load comes and goes. */
async function isolation(): Promise<Measurement> {
  const samples = { well: [] as number[], hanging: [] as number[] };
  for (const round of ['well', 'hanging', 'hanging', 'well'] as const)
    samples[round].push(...(await waitsOfOthers(round === 'hanging')));
  return {
    name: `commit to first byte of ${ENDPOINTS - HANGING} endpoints beside ${HANGING} that hang, p99`,
    value: percentile(samples.hanging, 0.99),
    unit: 'ms',
    baseline: { name: 'the same endpoints when all are well, p99', value: percentile(samples.well, 0.99) },
    aim: 'changes by less than 10 %',
  };
}

async function waitsOfOthers(hang: boolean): Promise<number[]> {
  await using bed = await openDeliveryBench(ENDPOINTS);
  const url = (index: number) => `${bed.endpoint(index)}/${hang && isHanging(index) ? 'hang' : 'ok'}`;
  const jobs = await tellAll(bed, ENDPOINTS, url);
  await using _dispatching = bed.dispatch();
  // Until every endpoint has been tried, so that those that hang do.
  await atRate(bed, jobs, ENDPOINTS / EVENTS_A_SECOND);
  const waits = await atRate(bed, jobs, SECONDS);
  return jobs.filter((_, index) => !isHanging(index)).flatMap((job) => waits.get(job) ?? []);
}

async function tellAll(
  bed: DeliveryBenchBed,
  count: number,
  url: (index: number) => string,
): Promise<ToldJob[]> {
  const jobs: ToldJob[] = [];
  for (let index = 0; index < count; index += 1) jobs.push(await bed.tell(url(index)));
  return jobs;
}

/** Makes events at a fixed rate whatever becomes of them (open loop); returns the milliseconds to each arrival. */
async function atRate(
  bed: DeliveryBenchBed,
  jobs: readonly ToldJob[],
  seconds: number,
): Promise<ReadonlyMap<ToldJob, number[]>> {
  const began = performance.now();
  const made = await Promise.all(
    Array.from({ length: seconds * EVENTS_A_SECOND }, async (_, index) => {
      await delay(Math.max(0, (index * 1000) / EVENTS_A_SECOND - (performance.now() - began)));
      const job = jobs[index % jobs.length];
      if (job === undefined) throw new Error('expected a job');
      const event = await bed.happen(job);
      return { job, ...event };
    }),
  );
  await delay(1_000);
  const arrivals = await bed.arrivals();
  const waits = new Map<ToldJob, number[]>();
  for (const { job, messageId, committedAt } of made) {
    const arrivedAt = arrivals.get(messageId);
    if (arrivedAt !== undefined) waits.set(job, [...(waits.get(job) ?? []), arrivedAt - committedAt]);
  }
  return waits;
}
