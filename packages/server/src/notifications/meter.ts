import { Counter, Histogram, type Registry } from 'prom-client';
import type { DeliveryMeter } from './context.ts';

/** Seconds; a healthy endpoint has an event within milliseconds, one that was away within its policy's waits. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 600, 3600, 86_400];

/** Registers the figures of this process's deliveries; how many there are of all is the load's. */
export function createDeliveryMeter(registry: Registry): DeliveryMeter {
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
