import { type ClaimedDelivery, claimDeliveries, deferFollowers } from '../database/claim-deliveries.ts';
import { analyzeDeliveries, releaseDeliveries } from '../database/deliveries.ts';
import type { NotificationContext } from './context.ts';
import { cancelEnded, type Delivered, deliver } from './deliver.ts';
import { type Endpoint, EndpointLimits } from './endpoint-limits.ts';
import { type BuiltDelivery, buildMessages } from './message.ts';
import { Settler } from './settler.ts';

/** Deliveries taken in one claim. */
const CLAIM = 100;
/** Milliseconds between two looks when no hint comes: hints are the rule, the tables the truth. */
const LOOK_EVERY_MS = 1_000;
/** Milliseconds that attempts under way get to end at a stop: one that is cut arrives twice. */
const STOP_GRACE_MS = 5_000;

/**
 * Takes due deliveries and attempts them, as many at once as the limits let it. It holds nothing that is not in the
 * tables: what it had taken when its process died is taken by another after the lease.
 */
export class Dispatcher implements AsyncDisposable {
  readonly #context: NotificationContext;
  readonly #limits = new EndpointLimits();
  readonly #settler: Settler;
  /** No more claims. */
  readonly #stop = new AbortController();
  /** No more attempts. */
  readonly #cut = new AbortController();
  readonly #running = new Set<Promise<void>>();
  #loop: Promise<void> = Promise.resolve();
  #hinted = false;
  #wakeUp: () => void = () => undefined;
  #begun = 0;
  /** How many deliveries begun until the planner is told how large the table is; doubled each time. */
  #analyzeAt = 0;
  #deferredAt = Number.NEGATIVE_INFINITY;
  /** The subscription that the last claim reached; empty: it has seen all. */
  #after = '';

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
      const began = await this.#dispatch().catch((error: unknown) => {
        this.#context.log.warn({ err: error }, 'delivery.claim');
        return 0;
      });
      if (began === 0 && !this.#hinted) await this.#sleep(LOOK_EVERY_MS);
    }
  }

  /** Takes what is due and begins it; returns how many. */
  async #dispatch(): Promise<number> {
    await this.#defer();
    await this.#analyze();
    const claimed = await this.#claim();
    const begun = new Set(claimed.filter((delivery) => this.#limits.tryBegin(endpointOf(delivery))));
    await this.#release(claimed.filter((delivery) => !begun.has(delivery)));
    this.#beginAll([...begun]);
    this.#begun += begun.size;
    return begun.size;
  }

  /** A claim goes on where the last one had enough, so that each subscription has its turn. */
  async #claim(): Promise<ClaimedDelivery[]> {
    const limit = Math.min(CLAIM, this.#limits.room);
    if (limit <= 0) return [];
    const { db, replica } = this.#context;
    const after = this.#after;
    const claimed = await claimDeliveries(db, { replica, limit, busy: this.#limits.busy(), after });
    const reached = claimed
      .map(({ subscription_id }) => subscription_id)
      .sort()
      .at(-1);
    this.#after = claimed.length < limit ? '' : (reached ?? '');
    if (after !== '' && this.#after === '') this.#hinted = true;
    return claimed;
  }

  /** What begins together shares the queries for its contents. */
  #beginAll(deliveries: readonly ClaimedDelivery[]): void {
    if (deliveries.length === 0) return;
    const building = buildMessages(this.#context, deliveries.filter(isToBeSent));
    for (const delivery of deliveries) {
      const endpoint = endpointOf(delivery);
      const running = this.#attempt(delivery, building)
        .catch((error: unknown) => {
          // Its lease runs out and it is attempted again, with the same id and bytes.
          this.#context.log.error({ deliveryId: delivery.delivery_id, err: error }, 'delivery.fault');
          return FAULT;
        })
        .then(({ answered, againMs }) => {
          this.#limits.end(endpoint, answered);
          this.#running.delete(running);
          if (againMs !== null && againMs <= ALARM_MS) this.#wakeAfter(againMs);
          this.wake();
        });
      this.#running.add(running);
    }
  }

  async #attempt(
    delivery: ClaimedDelivery,
    building: Promise<ReadonlyMap<ClaimedDelivery, BuiltDelivery>>,
  ): Promise<Delivered> {
    const built = (await building).get(delivery);
    if (built !== undefined) return deliver(this.#context, this.#settler, built, this.#cut.signal);
    if (!isToBeSent(delivery)) await cancelEnded(this.#context, delivery);
    return FAULT;
  }

  #release(deliveries: readonly ClaimedDelivery[]): Promise<void> {
    const { db, replica } = this.#context;
    return releaseDeliveries(
      db,
      replica,
      deliveries.map(({ delivery_id }) => delivery_id),
    );
  }

  /** Rarely needed, so looked for as seldom as nothing is. */
  async #defer(): Promise<void> {
    const now = performance.now();
    if (now - this.#deferredAt < LOOK_EVERY_MS) return;
    this.#deferredAt = now;
    await deferFollowers(this.#context.db);
  }

  /** A young table outgrows its plans faster than the database looks; an old one does not change much any more. */
  async #analyze(): Promise<void> {
    if (this.#begun < this.#analyzeAt) return;
    this.#analyzeAt = Math.max(FIRST_ANALYZE, this.#begun * 2);
    await analyzeDeliveries(this.#context.db);
  }

  #wakeAfter(ms: number): void {
    setTimeout(() => this.wake(), ms).unref();
  }

  #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wakeUp = resolve;
    return promise.finally(() => clearTimeout(timer));
  }

  /** Stops taking deliveries. Attempts under way get a moment to end; then they are cut and given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#loop;
    const timer = setTimeout(() => this.#cut.abort(), STOP_GRACE_MS);
    await Promise.all(this.#running);
    clearTimeout(timer);
  }
}

/** Deliveries after which the table is counted for the first time after the start. */
const FIRST_ANALYZE = 200;

/** An attempt that was not made says nothing about its endpoint. */
const FAULT: Delivered = { answered: true, againMs: null };

/** Milliseconds up to which a retry gets a wake-up of its own; later ones may be late by a look. */
const ALARM_MS = 60_000;

/** What waits for a subscription that is over is not sent, except what somebody asked for again. */
function isToBeSent({ subscription_status, replay }: ClaimedDelivery): boolean {
  return subscription_status === 'ACTIVE' || replay;
}

function endpointOf({ subscription_id, url }: ClaimedDelivery): Endpoint {
  return { subscriptionId: subscription_id, host: hostOf(url) };
}

/** Everything before the path; mail of one server shares one place. */
function hostOf(url: string): string {
  return URL.parse(url.replaceAll(/\$\{[^}]*\}/g, 'x'))?.host ?? 'mail';
}
