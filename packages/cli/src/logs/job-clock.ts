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
  #hasNews = false;
  #wake = (): void => undefined;

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

  /** Resolves at the next news, or after the time. @throws what has ended the following. */
  async next(waitMs: number): Promise<void> {
    if (this.#failure === null && !this.#isOver && !this.#hasNews) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#hasNews = false;
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #follow(client: Client, id: string, options: JobClockOptions & { readonly since: number }) {
    try {
      for await (const { status } of client.jobs.watch(id, options)) {
        this.#status = status;
        this.#hasNews = true;
        this.#wake();
      }
      this.#isOver = true;
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#wake();
    }
  }
}
