import type { SseBlock } from '@arras/client/sse';
import type { TabChannel, TabMessage } from './tab-channel.ts';
import type { Timing } from './timing.ts';

/** A clock for tests: it moves when it is told to. */
export class FakeTiming implements Timing {
  #nowMs = 1_000_000;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  /** Lets time pass, and everything happen that was waiting for it. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = next.atMs;
      next.run();
      await settle();
    }
    this.#nowMs = untilMs;
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

/** The messages between tabs of one browser, for tests. */
export class FakeTabs {
  readonly #tabs = new Map<string, Set<(message: TabMessage) => void>>();
  /** Tabs that hear nothing and say nothing, as frozen ones. */
  readonly frozen = new Set<string>();

  open(name: string): TabChannel {
    const listeners = new Set<(message: TabMessage) => void>();
    this.#tabs.set(name, listeners);
    return {
      post: (message) => {
        if (!this.frozen.has(name)) queueMicrotask(() => this.#tell(name, structuredClone(message)));
      },
      listen: (hear) => {
        listeners.add(hear);
        return () => listeners.delete(hear);
      },
    };
  }

  #tell(from: string, message: TabMessage): void {
    for (const [name, listeners] of this.#tabs) {
      if (name === from || this.frozen.has(name)) continue;
      for (const hear of listeners) hear(message);
    }
  }
}

/** One connection of a {@link FakeService}. */
interface Connection {
  readonly cursor: string | null;
  readonly pieces: (readonly SseBlock[])[];
  wake: () => void;
  end: Error | 'closed' | null;
}

/** The stream of the service, for tests. */
export class FakeService {
  /** Where each connection began, the oldest first. */
  readonly begun: (string | null)[] = [];
  /** What the next connections fail with. */
  readonly refusals: Error[] = [];
  readonly #open = new Set<Connection>();
  #cursor = 0;

  get connections(): number {
    return this.#open.size;
  }

  readonly open = (cursor: string | null, signal: AbortSignal) => this.#read(cursor, signal);

  /** An event of a job, to all connections. */
  tell(id: string, seq: number): void {
    this.#cursor += 1;
    const data = JSON.stringify({ seq, name: 'UPDATED', status: 'RUNNING', job: { id } });
    this.#send({ lastEventId: String(this.#cursor), event: 'event', data });
  }

  /** A sign of life. */
  beat(): void {
    this.#send({ lastEventId: String(this.#cursor), event: 'message', data: null });
  }

  reset(): void {
    this.#send({ lastEventId: String(this.#cursor), event: 'reset', data: '{"reason":"gone"}' });
  }

  /** Ends all connections, as a restart does. */
  drop(): void {
    for (const connection of this.#open) {
      connection.end = 'closed';
      connection.wake();
    }
  }

  #send(block: SseBlock): void {
    for (const connection of this.#open) {
      connection.pieces.push([block]);
      connection.wake();
    }
  }

  async *#read(cursor: string | null, signal: AbortSignal): AsyncGenerator<readonly SseBlock[]> {
    this.begun.push(cursor);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const connection: Connection = { cursor, pieces: [], wake: () => undefined, end: null };
    this.#open.add(connection);
    signal.addEventListener('abort', () => connection.wake());
    try {
      yield [{ lastEventId: cursor ?? String(this.#cursor), event: 'message', data: null }];
      for (;;) {
        const piece = connection.pieces.shift();
        if (signal.aborted || (piece === undefined && connection.end !== null)) return;
        if (piece === undefined) await new Promise<void>((resolve) => (connection.wake = resolve));
        else yield piece;
      }
    } finally {
      this.#open.delete(connection);
    }
  }
}
