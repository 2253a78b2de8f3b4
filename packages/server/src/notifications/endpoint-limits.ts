import type { NotificationId } from '@arras/contract';

/** Attempts under way in this process altogether, per host, and per subscription when it is well (R8). */
const MOST = 256;
const MOST_PER_HOST = 20;
const MOST_PER_SUBSCRIPTION = 5;
/** Attempts under way at endpoints that did not answer the last time: half of all, however many there are of them. */
const MOST_SILENT = 128;

/** Where an attempt goes. */
export interface Endpoint {
  readonly subscriptionId: NotificationId;
  readonly host: string;
}

/**
 * Shares out the attempts that may be under way at once. A subscription begins with one and gains one with each
 * success; one whose endpoint does not answer falls back to one. So an endpoint that hangs holds a single place for
 * its 15 seconds, however many lanes wait for it, and the others do not notice (P20).
 */
export class EndpointLimits {
  readonly #allowed = new Map<NotificationId, number>();
  readonly #bySubscription = new Map<NotificationId, number>();
  readonly #byHost = new Map<string, number>();
  /** Subscriptions whose endpoint did not answer the last time, and which of them are being tried. */
  readonly #silent = new Set<NotificationId>();
  readonly #silentRunning = new Set<NotificationId>();
  /** Subscriptions that were turned away because their host is full, until a place there is free. */
  readonly #waitingForHost = new Map<string, Set<NotificationId>>();
  #total = 0;

  /** Attempts that may still begin. */
  get room(): number {
    return MOST - this.#total;
  }

  /** Subscriptions that must not be claimed for now. */
  busy(): NotificationId[] {
    const full = [...this.#bySubscription].filter(([id, count]) => count >= this.#allowedFor(id));
    const waiting = [...this.#waitingForHost.values()].flatMap((ids) => [...ids]);
    const silent = this.#silentRunning.size >= MOST_SILENT ? this.#silent : [];
    return [...new Set([...full.map(([id]) => id), ...waiting, ...silent])];
  }

  /** Takes a place; false when there is none for this endpoint now. */
  tryBegin({ subscriptionId, host }: Endpoint): boolean {
    const running = this.#bySubscription.get(subscriptionId) ?? 0;
    if (this.room <= 0 || running >= this.#allowedFor(subscriptionId)) return false;
    const isSilent = this.#silent.has(subscriptionId);
    if (isSilent && this.#silentRunning.size >= MOST_SILENT) return false;
    const onHost = this.#byHost.get(host) ?? 0;
    if (onHost >= MOST_PER_HOST) {
      const waiting = this.#waitingForHost.get(host) ?? new Set();
      this.#waitingForHost.set(host, waiting.add(subscriptionId));
      return false;
    }
    if (isSilent) this.#silentRunning.add(subscriptionId);
    this.#bySubscription.set(subscriptionId, running + 1);
    this.#byHost.set(host, onHost + 1);
    this.#total += 1;
    return true;
  }

  /** Gives the place back. `answered` is false when the endpoint said nothing at all. */
  end({ subscriptionId, host }: Endpoint, answered: boolean): void {
    const allowed = this.#allowedFor(subscriptionId);
    this.#allowed.set(subscriptionId, answered ? Math.min(allowed + 1, MOST_PER_SUBSCRIPTION) : 1);
    this.#silentRunning.delete(subscriptionId);
    if (answered) this.#silent.delete(subscriptionId);
    else this.#silent.add(subscriptionId);
    decrease(this.#bySubscription, subscriptionId);
    decrease(this.#byHost, host);
    this.#waitingForHost.delete(host);
    this.#total -= 1;
    if (this.#allowed.size > FORGET_ABOVE) this.#forgetIdle();
  }

  #allowedFor(id: NotificationId): number {
    return this.#allowed.get(id) ?? 1;
  }

  #forgetIdle(): void {
    for (const id of this.#allowed.keys()) {
      if (this.#bySubscription.has(id)) continue;
      this.#allowed.delete(id);
      this.#silent.delete(id);
    }
  }
}

/** Subscriptions remembered before idle ones are forgotten; forgetting only makes them begin with one again. */
const FORGET_ABOVE = 50_000;

function decrease<Key>(counts: Map<Key, number>, key: Key): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}
