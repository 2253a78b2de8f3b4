import { Counter, Gauge, type Registry } from 'prom-client';

/** What was read from the tables. */
export type LoadedKind = 'jobs' | 'systems' | 'histories' | 'lists';

/** Counts what polling costs. How many polls there were, and how many got 304, is in the metrics of HTTP. */
export interface PollingMeter {
  /** Counts a query that was just sent. */
  counted<Result>(kind: LoadedKind, query: Promise<Result>): Promise<Result>;
}

/** Registers the metrics of polling. */
export function createPollingMeter(
  registry: Registry,
  now: { readonly waits: () => number; readonly bytes: () => number },
): PollingMeter {
  const loads = new Counter({
    name: 'arras_polling_queries_total',
    help: 'Queries sent because no good copy was in memory',
    labelNames: ['of'],
    registers: [registry],
  });
  registry.registerMetric(gauge('arras_polling_waits', 'Requests that wait for a change', now.waits));
  registry.registerMetric(
    gauge('arras_polling_copies_bytes', 'Memory that copies of jobs and lists take, about', now.bytes),
  );
  return {
    counted: (kind, query) => {
      loads.inc({ of: kind });
      return query;
    },
  };
}

function gauge(name: string, help: string, read: () => number): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
}
