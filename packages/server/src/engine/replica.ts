import { findForgottenSystems } from '../database/looks.ts';
import { beat, type ReplicaFacts, removeReplicas } from '../database/replicas.ts';
import { sweepAbandonedTransfers } from './abandoned-transfers.ts';
import type { EngineContext } from './context.ts';
import { forget, reclaim, sweep } from './sweep.ts';

const BEAT_MS = 3_000;
const SWEEP_MS = 2_000;
const FORGET_MS = 3_600_000;
const ABANDONED_MS = 60_000;
/** How long programs may go without a look when a process that was to tell of them lost its word for it. */
const FORGOTTEN_MS = 60_000;

/** Keeps this process known to the others and the tables swept. Ends at disposal. */
export class Replica implements AsyncDisposable {
  readonly #context: EngineContext;
  readonly #describe: () => Omit<ReplicaFacts, 'id'>;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[] = [];

  constructor(
    context: EngineContext,
    /** What the others are told about this process; its workers change. */
    describe: () => Omit<ReplicaFacts, 'id'>,
  ) {
    this.#context = context;
    this.#describe = describe;
  }

  /** Makes the process known; those that died here a moment ago are company to nobody. */
  async signOn(): Promise<void> {
    await this.#beat();
    await reclaim(this.#context, this.#describe().host);
  }

  /** Keeps the process known and begins to sweep if it works on jobs. */
  async start(works: boolean): Promise<void> {
    await this.#beat();
    this.#repeat(BEAT_MS, 'replica.beat', () => this.#beat());
    if (!works) return;
    // At once: what a process that was killed a moment ago held must not wait for the first round.
    await findForgottenSystems(this.#context.db);
    await this.#sweep();
    this.#repeat(FORGOTTEN_MS, 'replica.forgotten', () => findForgottenSystems(this.#context.db));
    this.#repeat(SWEEP_MS, 'replica.sweep', () => this.#sweep());
    this.#repeat(ABANDONED_MS, 'replica.abandoned', () => sweepAbandonedTransfers(this.#context));
    this.#repeat(FORGET_MS, 'replica.forget', () => forget(this.#context));
  }

  async #sweep(): Promise<void> {
    await reclaim(this.#context, this.#describe().host);
    await sweep(this.#context);
  }

  async #beat(): Promise<void> {
    await beat(this.#context.db, { id: this.#context.replica, ...this.#describe() });
  }

  #repeat(everyMs: number, name: string, work: () => Promise<void>): void {
    this.#loops.push(
      repeat(everyMs, this.#stop.signal, async () => {
        try {
          await work();
        } catch (error) {
          // The database may be away; the next round finds everything that this one missed.
          this.#context.log.warn({ err: error }, name);
        }
      }),
    );
  }

  /** Ends the loops and signs off, so that nobody waits for this replica. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
    await removeReplicas(this.#context.db, [this.#context.replica]).catch((error: unknown) =>
      this.#context.log.warn({ err: error }, 'replica.sign-off'),
    );
  }
}

async function repeat(everyMs: number, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, signal);
    if (!signal.aborted) await work();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      resolve();
    },
    { once: true },
  );
  return promise;
}
