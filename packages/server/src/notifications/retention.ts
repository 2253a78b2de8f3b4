import { setTimeout as delay } from 'node:timers/promises';
import { forgetOldDeliveries } from '../database/delivery-log.ts';
import type { NotificationContext } from './context.ts';

/** How long attempts and settled deliveries can be seen and replayed (RELIABILITY P19). */
const AGE = { attemptDays: 30, deliveryDays: 90 } as const;
const EVERY_MS = 3_600_000;

/** Deletes what is older than promised, once an hour in small batches, until the signal aborts. */
export async function forgetOld(context: NotificationContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      while (!signal.aborted && (await forgetOldDeliveries(context.db, AGE)))
        await delay(50, undefined, { signal });
      await delay(EVERY_MS, undefined, { signal, ref: false });
    } catch (error) {
      if (signal.aborted) return;
      context.log.warn({ err: error }, 'delivery.retention');
      await delay(60_000, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
