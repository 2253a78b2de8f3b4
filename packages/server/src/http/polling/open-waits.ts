import { ApiError, type JobId } from '@arras/contract';
import type { Change } from '../../database/changes.ts';
import type { Feed } from '../../events/feed.ts';

/** Requests of one user that may wait at the same time: each holds a connection. */
export const MAX_WAITS = 500;

/** What a request waits for, and how long. */
export interface WaitOrder {
  readonly username: string;
  readonly id: JobId;
  readonly waitMs: number;
  /** The answer under way, whose end before its time means that the caller has gone. */
  readonly connection: {
    once(name: 'close', listener: () => void): unknown;
    off(name: 'close', listener: () => void): unknown;
  };
  /** Whether a change may be what is waited for. */
  readonly matters: (change: Change | null) => boolean;
}

/** The requests that wait for a change now. */
export class OpenWaits {
  readonly #feed: Pick<Feed, 'onJob'>;
  readonly #open = new Set<OpenWait>();
  readonly #counts = new Map<string, number>();
  #isClosing = false;

  constructor(feed: Pick<Feed, 'onJob'>) {
    this.#feed = feed;
  }

  /** How many wait. */
  get size(): number {
    return this.#open.size;
  }

  /** Begins to listen, before the first look, so that no change falls between. Dispose it with the request. */
  open(order: WaitOrder): OpenWait {
    const { username } = order;
    const count = this.#counts.get(username) ?? 0;
    if (count >= MAX_WAITS) throw new ApiError('wait.too-many');
    this.#counts.set(username, count + 1);
    const wait: OpenWait = new OpenWait(order, this.#feed, () => {
      this.#open.delete(wait);
      const left = (this.#counts.get(username) ?? 1) - 1;
      if (left === 0) this.#counts.delete(username);
      else this.#counts.set(username, left);
    });
    this.#open.add(wait);
    if (this.#isClosing) wait.end('stopping');
    return wait;
  }

  /** Lets every request answer at once, and those that still come: the service is stopping. */
  close(): void {
    this.#isClosing = true;
    for (const wait of this.#open) wait.end('stopping');
  }
}

/** Why a wait is over before its change: in time, with the caller, or with the service. */
export type WaitEnd = 'elapsed' | 'gone' | 'stopping';

/** One request that waits. It holds nothing but its listeners and a timer. */
export class OpenWait implements Disposable {
  readonly #subscription: Disposable;
  readonly #connection: WaitOrder['connection'];
  readonly #timer: NodeJS.Timeout;
  readonly #onClosed: () => void;
  readonly #gone = (): void => this.end('gone');
  #end: WaitEnd | null = null;
  #hasNews = false;
  #wake: (() => void) | null = null;

  constructor(order: WaitOrder, feed: Pick<Feed, 'onJob'>, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#connection = order.connection;
    this.#connection.once('close', this.#gone);
    this.#timer = setTimeout(() => this.end('elapsed'), order.waitMs);
    this.#subscription = feed.onJob(order.id, (change) => {
      if (!order.matters(change)) return;
      this.#hasNews = true;
      this.#wake?.();
    });
  }

  /** Null while it goes on. */
  get ended(): WaitEnd | null {
    return this.#end;
  }

  end(reason: WaitEnd): void {
    this.#end ??= reason;
    this.#wake?.();
  }

  /** Resolves when something has changed since the last call, or the wait is over. */
  async next(): Promise<void> {
    if (!this.#hasNews && this.#end === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
      this.#wake = null;
    }
    this.#hasNews = false;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#subscription[Symbol.dispose]();
    this.#connection.off('close', this.#gone);
    this.#onClosed();
  }
}
