import type { DeliveryId } from '@arras/contract';
import {
  type ClaimedDelivery,
  claimDeliveries,
  nextDeliveryMs,
  releaseDeliveries,
} from '../database/deliveries.ts';
import type { NotificationContext } from './context.ts';
import { deliver } from './deliver.ts';
import { type Endpoint, EndpointLimits } from './endpoint-limits.ts';
import { Settler } from './settler.ts';

/** Deliveries taken in one claim. */
const CLAIM = 100;
/** Milliseconds between two looks when no hint comes: hints are the rule, the tables the truth. */
const LOOK_EVERY_MS = 1_000;

/**
 * Takes due deliveries and attempts them, as many at once as the limits let it. It holds nothing that is not in the
 * tables: what it had taken when its process died is taken by another after the lease.
 */
export class Dispatcher implements AsyncDisposable {
  readonly #context: NotificationContext;
  readonly #limits = new EndpointLimits();
  readonly #settler: Settler;
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  #hinted = false;
  #wakeUp: () => void = () => undefined;

  constructor(context: NotificationContext) {
    this.#context = context;
    this.#settler = new Settler(context.db, context.replica);
  }

  start(): void {
    this.#loop = this.#work();
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#hinted = true;
    this.#wakeUp();
  }

  async #work(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#hinted = false;
      const waitMs = await this.#dispatch().catch((error: unknown) => {
        this.#context.log.warn({ err: error }, 'delivery.claim');
        return LOOK_EVERY_MS;
      });
      if (waitMs > 0 && !this.#hinted) await this.#sleep(waitMs);
    }
  }

  /** Takes what is due and begins it; returns how long there is nothing to do. */
  async #dispatch(): Promise<number> {
    const limit = Math.min(CLAIM, this.#limits.room);
    if (limit <= 0) return LOOK_EVERY_MS;
    const { db, replica } = this.#context;
    const claimed = await claimDeliveries(db, { replica, limit, busy: this.#limits.busy() });
    const turnedAway = claimed
      .filter((delivery) => !this.#begin(delivery))
      .map(({ delivery_id }) => delivery_id);
    await this.#release(turnedAway);
    if (claimed.length > turnedAway.length) return 0;
    const nextMs = await nextDeliveryMs(db);
    return Math.min(LOOK_EVERY_MS, Math.max(nextMs ?? LOOK_EVERY_MS, MIN_SLEEP_MS));
  }

  #begin(delivery: ClaimedDelivery): boolean {
    const endpoint: Endpoint = { subscriptionId: delivery.subscription_id, host: hostOf(delivery.url) };
    if (!this.#limits.tryBegin(endpoint)) return false;
    const running = deliver(this.#context, this.#settler, delivery, this.#stop.signal)
      .catch((error: unknown) => {
        // Its lease runs out and it is attempted again, with the same id and bytes.
        this.#context.log.error({ deliveryId: delivery.delivery_id, err: error }, 'delivery.fault');
        return false;
      })
      .then((answered) => {
        this.#limits.end(endpoint, answered);
        this.#running.delete(running);
        this.wake();
      });
    this.#running.add(running);
    return true;
  }

  #release(ids: readonly DeliveryId[]): Promise<void> {
    return releaseDeliveries(this.#context.db, this.#context.replica, ids);
  }

  #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wakeUp = resolve;
    return promise.finally(() => clearTimeout(timer));
  }

  /** Stops taking deliveries; attempts under way are cut and their deliveries given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#loop;
    await Promise.all(this.#running);
  }
}

/** Keeps a row that is due but cannot be taken just now from being asked for in a tight loop. */
const MIN_SLEEP_MS = 20;

/** Everything before the path; mail of one server shares one place. */
function hostOf(url: string): string {
  return URL.parse(url.replaceAll(/\$\{[^}]*\}/g, 'x'))?.host ?? 'mail';
}
