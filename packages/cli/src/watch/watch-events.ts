import type { Client } from '@arras/client';
import { renderJsonLine } from '../clean-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Goal, type GoalOptions } from './goal.ts';
import { Notices } from './notices.ts';

/** How to print events. */
export interface WatchEventsOptions extends GoalOptions {
  readonly patienceMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Prints every event of jobs from the first on as one line of JSON, each once and in the order of its job, and gives
 * the exit code of their results.
 */
export async function watchEvents(
  session: Session,
  client: Client,
  ids: readonly string[],
  options: WatchEventsOptions,
): Promise<ExitCode> {
  const { signal, patienceMs } = options;
  const goal = new Goal(ids, options);
  const notices = new Notices(session, () => goal.statuses);
  try {
    const present = options.until === null ? new Map<string, number>() : await readPresent(client, ids);
    const onConnection = notices.connection.bind(notices);
    for await (const event of client.jobs.watch(ids, { signal, patienceMs, onConnection })) {
      session.out(`${renderJsonLine(event)}\n`);
      notices.news();
      // What was before the watch is told and not waited for.
      if (event.seq >= (present.get(event.job.id) ?? 0)) goal.see(event.job.id, event.status);
      if (goal.isReachedEarly) break;
    }
  } finally {
    notices.stop();
  }
  return goal.exitCode;
}

/** The numbers of the last events as of now. */
async function readPresent(client: Client, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { jobs } = await client.jobs.statuses(ids);
  return new Map(jobs.map(({ id, seq }) => [id, seq]));
}
