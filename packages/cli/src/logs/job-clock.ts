import { type Client, hasEnded } from '@arras/client';
import type { JobStatus } from '@arras/contract';
import type { ConnectionNews } from '../watch/notices.ts';

/** How the clock is wound. */
export interface JobClockOptions {
  /** False: it is over at once, whatever the job does. */
  readonly follow: boolean;
  readonly patienceMs?: number | undefined;
  readonly signal: AbortSignal;
  readonly onConnection: (news: ConnectionNews) => void;
}

/** Follows the status of one job, and wakes who waits for news of it. */
export class JobClock {
  #status: JobStatus;
  #isOver: boolean;
  #failure: { readonly error: unknown } | null = null;
  #news = 0;
  readonly #waiting = new Set<() => void>();

  /** Begins to follow. @throws ApiFailure when there is no such job. */
  static async start(client: Client, id: string, options: JobClockOptions): Promise<JobClock> {
    const { status, seq } = await client.jobs.status(id);
    const clock = new JobClock(status, !options.follow || hasEnded(status));
    if (!clock.isOver) void clock.#follow(client, id, { ...options, since: seq });
    return clock;
  }

  private constructor(status: JobStatus, isOver: boolean) {
    this.#status = status;
    this.#isOver = isOver;
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** True once nothing more is to be expected. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** How often there was news. */
  get news(): number {
    return this.#news;
  }

  /** Resolves when there was news beyond those that are known, or after the time. @throws what has ended the following. */
  async next(known: number, waitMs: number): Promise<void> {
    if (this.#failure === null && !this.#isOver && this.#news === known) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, waitMs);
        this.#waiting.add(wake);
      });
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  #tell(): void {
    this.#news += 1;
    for (const wake of this.#waiting) wake();
  }

  async #follow(client: Client, id: string, options: JobClockOptions & { readonly since: number }) {
    try {
      for await (const { status } of client.jobs.watch(id, options)) {
        this.#status = status;
        this.#tell();
      }
      this.#isOver = true;
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#tell();
    }
  }
}
