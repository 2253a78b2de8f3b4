import type { ServiceLoad } from '@arras/contract';
import { Gauge, type Registry } from 'prom-client';
import type { Db } from '../database/connection.ts';
import {
  countDeliveryLoad,
  countFaultyJobs,
  countTasks,
  type DeliveryCounts,
  listReplicaCounts,
  type ReplicaCounts,
  type TaskCounts,
} from '../database/service-load.ts';
import { TASKS } from '../domain/tasks.ts';
import type { FormatTime } from '../domain/timestamp.ts';
import { SILENT_SECONDS } from '../engine/sweep.ts';

/** Milliseconds for which what was counted is good. */
const COUNTED_FOR_MS = 5_000;
/** The same of deliveries: counting them reads an entry for each. */
const DELIVERIES_COUNTED_FOR_MS = 15_000;

/** Every status is shown from the first scrape on, so that a sum never misses one. */
const DELIVERY_STATUSES = ['pending', 'delivered', 'parked', 'cancelled'] as const;

/** What all processes together have in hand. */
interface Counted {
  readonly at: Date;
  readonly tasks: readonly TaskCounts[];
  readonly replicas: readonly ReplicaCounts[];
  readonly faultyJobs: number;
}

/** What the meter works with. */
export interface LoadMeterSeams {
  readonly db: Db;
  readonly now: () => Date;
  /** A clock that only goes forward. */
  readonly nowMs: () => number;
  readonly formatTime: FormatTime;
}

/** Counts what the service has in hand, once for operators who look and for the metrics. */
export class LoadMeter {
  readonly #seams: LoadMeterSeams;
  readonly #counted: () => Promise<Counted>;
  readonly #deliveries: () => Promise<DeliveryCounts>;

  constructor(registry: Registry, seams: LoadMeterSeams) {
    this.#seams = seams;
    const { db, nowMs } = seams;
    this.#counted = kept(() => this.#count(), COUNTED_FOR_MS, nowMs);
    this.#deliveries = kept(() => countDeliveryLoad(db), DELIVERIES_COUNTED_FOR_MS, nowMs);
    registerWork(registry, this.#counted);
    registerDeliveries(registry, this.#deliveries);
  }

  async #count(): Promise<Counted> {
    const { db, now } = this.#seams;
    const [tasks, replicas, faultyJobs] = await Promise.all([
      countTasks(db),
      listReplicaCounts(db, SILENT_SECONDS),
      countFaultyJobs(db),
    ]);
    // A kind of which there is none is shown too.
    const none = { due: 0, later: 0, running: 0, retries: 0, oldest_due: 0 };
    const known = new Map(tasks.map((each) => [each.task, each]));
    return {
      at: now(),
      tasks: TASKS.map((task) => known.get(task) ?? { task, ...none }),
      replicas,
      faultyJobs,
    };
  }

  /** What operators are shown. */
  async read(): Promise<ServiceLoad> {
    const { formatTime } = this.#seams;
    const [{ at, tasks, replicas, faultyJobs }, deliveries] = await Promise.all([
      this.#counted(),
      this.#deliveries(),
    ]);
    const shown = replicas.map((replica) => renderReplica(formatTime, replica));
    return {
      time: formatTime(at),
      workerLag: lagOf(tasks),
      tasks: tasks.map(({ oldest_due, ...counts }) => ({ ...counts, oldestDue: oldest_due })),
      retries: {
        tasks: sum(tasks, ({ retries }) => retries),
        jobs: faultyJobs,
        deliveries: deliveries.retries,
      },
      leases: sum(shown, ({ leases }) => leases),
      replicas: shown,
      deliveries: {
        pending: deliveries.statuses.get('pending') ?? 0,
        parked: deliveries.statuses.get('parked') ?? 0,
        oldestPending: deliveries.oldestPending,
      },
      streams: {
        job: sum(shown, ({ streams }) => streams.job),
        jobs: sum(shown, ({ streams }) => streams.jobs),
        file: sum(shown, ({ streams }) => streams.file),
      },
    };
  }
}

function renderReplica(formatTime: FormatTime, replica: ReplicaCounts): ServiceLoad['replicas'][number] {
  const { id, roles, started_at, heartbeat_at, is_alive, leases, streams } = replica;
  const { job = 0, jobs = 0, file = 0 } = streams;
  return {
    id,
    roles: roles.split(','),
    started: formatTime(started_at),
    lastSeen: formatTime(heartbeat_at),
    isAlive: is_alive,
    leases,
    streams: { job, jobs, file },
  };
}

function lagOf(tasks: readonly TaskCounts[]): number {
  return Math.max(0, ...tasks.map(({ oldest_due }) => oldest_due));
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

/** So many times as long as a count took it is good at least: however much there is to count, that is little of the time. */
const REST = 10;

/**
 * Counts again when the last count is too old, once for all who ask meanwhile, and never while one is under way; a
 * count that failed is not kept.
 */
export function kept<Value>(
  count: () => Promise<Value>,
  forMs: number,
  nowMs: () => number,
): () => Promise<Value> {
  let last: { readonly value: Promise<Value>; goodUntil: number } | null = null;
  return () => {
    const began = nowMs();
    if (last !== null && began < last.goodUntil) return last.value;
    const made = { value: count(), goodUntil: Number.POSITIVE_INFINITY };
    last = made;
    made.value.then(
      () => (made.goodUntil = began + Math.max(forMs, REST * (nowMs() - began))),
      () => (last = null),
    );
    return made.value;
  };
}

function registerWork(registry: Registry, counted: () => Promise<Counted>): void {
  const registers = [registry];
  const tasks = new Gauge({
    name: 'arras_tasks',
    help: 'Tasks in the queue: due (they wait for a worker), later, or running',
    labelNames: ['task', 'state'],
    registers,
    collect: async () => {
      // Without a database the other figures matter all the more; the last counts stand.
      const now = await counted().catch(() => null);
      for (const { task, due, later, running } of now?.tasks ?? []) {
        tasks.set({ task, state: 'due' }, due);
        tasks.set({ task, state: 'later' }, later);
        tasks.set({ task, state: 'running' }, running);
      }
    },
  });
  const one = (name: string, help: string, value: (now: Counted) => number) => {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: async () => {
        const now = await counted().catch(() => null);
        if (now !== null) gauge.set(value(now));
      },
    });
  };
  one('arras_worker_lag_seconds', 'For how long the oldest due task has waited for a worker', ({ tasks }) =>
    lagOf(tasks),
  );
  one('arras_task_retries', 'Tasks in the queue that failed before', (now) =>
    sum(now.tasks, ({ retries }) => retries),
  );
  one(
    'arras_jobs_retried',
    'Jobs that have not ended and whose last work failed unexpectedly',
    ({ faultyJobs }) => faultyJobs,
  );
  one(
    'arras_replicas',
    'Processes that are alive',
    ({ replicas }) => replicas.filter(({ is_alive }) => is_alive).length,
  );
  one('arras_leases', 'Jobs that some process has in hand', ({ replicas }) =>
    sum(replicas, ({ leases }) => leases),
  );
}

function registerDeliveries(registry: Registry, counted: () => Promise<DeliveryCounts>): void {
  const statuses = new Gauge({
    name: 'arras_deliveries',
    help: 'Events that matched a subscription, by what became of them: their sum is the number of matches',
    labelNames: ['status'],
    registers: [registry],
    collect: async () => {
      const now = await counted().catch(() => null);
      if (now === null) return;
      for (const status of DELIVERY_STATUSES) statuses.set({ status }, now.statuses.get(status) ?? 0);
    },
  });
  const oldest: Gauge = new Gauge({
    name: 'arras_deliveries_oldest_seconds',
    help: 'Time since the event of the oldest pending delivery',
    registers: [registry],
    collect: async () => {
      const now = await counted().catch(() => null);
      if (now !== null) oldest.set(now.oldestPending);
    },
  });
  const retries: Gauge = new Gauge({
    name: 'arras_deliveries_retried',
    help: 'Pending deliveries that were tried before',
    registers: [registry],
    collect: async () => {
      const now = await counted().catch(() => null);
      if (now !== null) retries.set(now.retries);
    },
  });
}
