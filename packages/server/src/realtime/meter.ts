import { Counter, Gauge, type Registry } from 'prom-client';
import type { EndReason } from './sink.ts';

/** What is counted. */
export interface StreamMeter {
  /** `job` or `jobs`, as Server-Sent Events or on a WebSocket; `file`: an output that is followed. */
  opened(kind: string): void;
  closed(kind: string, reason: EndReason | null): void;
  /** How many are open now, by kind. */
  count(): Readonly<Record<string, number>>;
  sent(): void;
}

/** Registers the figures of streams. */
export function createStreamMeter(registry: Registry, heldSeconds: () => number): StreamMeter {
  const open = new Gauge({
    name: 'arras_streams',
    help: 'Open streams, by what they are about: one job, many, or a file that is followed',
    labelNames: ['kind'],
    registers: [registry],
  });
  const sent = new Counter({
    name: 'arras_stream_events_total',
    help: 'Events written to streams',
    registers: [registry],
  });
  const ended = new Counter({
    name: 'arras_stream_ends_total',
    help: 'Ended streams, by the reason; `slow` are clients that did not read',
    labelNames: ['reason'],
    registers: [registry],
  });
  const held: Gauge = new Gauge({
    name: 'arras_feed_held_seconds',
    help: 'For how long an unfinished transaction has held up streams of many jobs; those of single jobs go on',
    registers: [registry],
    collect: () => held.set(heldSeconds()),
  });
  const counts: Record<string, number> = {};
  const add = (kind: string, count: number) => {
    counts[kind] = (counts[kind] ?? 0) + count;
    open.set({ kind }, counts[kind]);
  };
  for (const kind of ['job', 'jobs', 'file']) add(kind, 0);
  return {
    opened: (kind) => add(kind, 1),
    closed: (kind, reason) => {
      add(kind, -1);
      ended.inc({ reason: reason ?? 'left' });
    },
    count: () => ({ ...counts }),
    sent: () => sent.inc(),
  };
}
