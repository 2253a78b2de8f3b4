import { ApiFailure, type Client, pause, UnreachableFailure } from '@arras/client';
import { Follower } from './follower.ts';
import type { LiveEvent } from './live-event.ts';

/** What a follower hears of. */
export type News =
  | ({ readonly kind: 'event' } & LiveEvent)
  /** The service does not answer; the following goes on. */
  | { readonly kind: 'lost'; readonly failure: Error }
  | { readonly kind: 'back' };

/** What is followed. */
export interface FollowOptions {
  /** Only this job, until it has ended. Default: every job of the caller. */
  readonly jobId?: string | undefined;
  /** Begin with what has happened so far. */
  readonly fromStart?: boolean | undefined;
  /** Between two looks. Default: 1 s. */
  readonly periodMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Gives every event that happens from now on, per job in its order and once, by polling. A service that goes away
 * and comes back costs nothing: positions are kept here. Rejects with the signal's reason, and with the failure of
 * the first look.
 */
export async function* followEvents(client: Client, options: FollowOptions): AsyncGenerator<News> {
  const { signal, periodMs = 1_000 } = options;
  const follower = new Follower(client, options);
  await follower.start();
  let isLost = false;
  for (;;) {
    try {
      for await (const event of follower.look()) {
        if (isLost) yield { kind: 'back' };
        isLost = false;
        yield { kind: 'event', ...event };
      }
      if (isLost) yield { kind: 'back' };
      isLost = false;
      if (follower.isOver()) return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Error) || !canPass(error)) throw error;
      if (!isLost) yield { kind: 'lost', failure: error };
      isLost = true;
    }
    await pause(periodMs, signal);
  }
}

/** True for what a service says, or does not say, while it restarts. */
function canPass(failure: Error): boolean {
  if (failure instanceof UnreachableFailure) return true;
  return failure instanceof ApiFailure && (failure.status >= 500 || failure.status === 429);
}
