import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Db } from '../database/connection.ts';
import { countDeliveries } from '../database/deliveries.ts';
import type { DeliveryMeter } from './context.ts';

/** Seconds; a healthy endpoint has an event within milliseconds, one that was away within its policy's waits. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 600, 3600, 86_400];

/** Milliseconds for which a count of all deliveries is good: counting reads an entry for each. */
const COUNTED_FOR_MS = 15_000;

/** Every status is shown from the first scrape on, so that a sum never misses one. */
const STATUSES = ['pending', 'delivered', 'parked', 'cancelled'] as const;

/** Registers the figures of deliveries. Those of P15 are read from the database, the others are of this process. */
export function createDeliveryMeter(
  registry: Registry,
  { db, nowMs }: { readonly db: Db; readonly nowMs: () => number },
): DeliveryMeter {
  registerCounts(registry, db, nowMs);
  const attempts = new Counter({
    name: 'arras_delivery_attempts_total',
    help: 'Attempts to deliver an event, by what came of them',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const arrival = new Histogram({
    name: 'arras_delivery_seconds',
    help: 'Time from the commit of an event to its first successful delivery',
    buckets: BUCKETS,
    registers: [registry],
  });
  return {
    attempted: (outcome) => attempts.inc({ outcome }),
    arrived: (seconds) => arrival.observe(Math.max(0, seconds)),
  };
}

function registerCounts(registry: Registry, db: Db, nowMs: () => number): void {
  let countedAt = Number.NEGATIVE_INFINITY;
  const gauge = new Gauge({
    name: 'arras_deliveries',
    help: 'Events that matched a subscription, by what became of them: their sum is the number of matches',
    labelNames: ['status'],
    registers: [registry],
    collect: async () => {
      if (nowMs() - countedAt < COUNTED_FOR_MS) return;
      // Without a database the other figures matter all the more; the last counts stand.
      const counts = await countDeliveries(db).catch(() => null);
      if (counts === null) return;
      countedAt = nowMs();
      for (const status of STATUSES) gauge.set({ status }, counts.get(status) ?? 0);
    },
  });
}
