import { type Client, type JobOutcome, WaitTimeout } from '@arras/client';
import { renderJson } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobIds } from '../job-id.ts';
import { renderDuration } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { Goal } from '../watch/goal.ts';
import { Notices } from '../watch/notices.ts';
import { untilLeft } from '../watch/until-left.ts';
import { exitCodeFor, readWaiting, type WaitingFlags } from './watch.ts';

/** Options of waiting in silence. */
export interface WaitFlags extends WaitingFlags {
  readonly any?: boolean;
  readonly json?: true;
}

/** Waits in silence and then prints one line for each job: its id and its status. */
export async function wait(
  { session, client, lookup, options }: Invocation<WaitFlags>,
  typed: readonly string[],
): Promise<ExitCode> {
  const waiting = readWaiting(options);
  const ids = await resolveJobIds(lookup(), typed);
  const print = (outcomes: readonly JobOutcome[]) => session.out(renderOutcomes(outcomes, options));
  const resume = () => `jobs watch ${ids.join(' ')}`;
  const exitCode = await untilLeft(session, { resume }, (signal) =>
    waitSilently(session, client(), ids, { ...waiting, any: options.any === true, signal, print }),
  );
  return exitCodeFor(options, exitCode);
}

/** How to wait in silence. */
export interface SilentWait extends Omit<ReturnType<typeof readWaiting>, 'timeoutMs'> {
  readonly any?: boolean;
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
  /** Is given how the jobs stand at the end, or when the time is up. */
  readonly print: (outcomes: readonly JobOutcome[]) => void;
}

/** Waits, and gives the exit code of the jobs that have ended. */
export async function waitSilently(
  session: Session,
  client: Client,
  ids: readonly string[],
  { any = false, until, failFast, timeoutMs, patienceMs, signal, print }: SilentWait,
): Promise<ExitCode> {
  const goal = new Goal(ids, { until, failFast });
  const notices = new Notices(session);
  try {
    const outcomes = await client.jobs.wait(ids, {
      mode: any ? 'any' : 'all',
      ...(until !== null && { until: (status) => until.has(status) }),
      failFast,
      timeoutMs,
      patienceMs,
      signal,
      onConnection: notices.connection.bind(notices),
    });
    for (const { id, status } of outcomes) goal.see(id, status);
    print(outcomes);
    return goal.exitCode;
  } catch (error) {
    if (!(error instanceof WaitTimeout)) throw error;
    print(error.jobs);
    session.say(
      `Not there within ${renderDuration(timeoutMs ?? 0)}; to see the end:\n  ${session.program} jobs watch ${ids.join(' ')}\n`,
    );
    return EXIT.timeout;
  }
}

function renderOutcomes(outcomes: readonly JobOutcome[], { json }: WaitFlags): string {
  if (json === true) return `${renderJson(outcomes)}\n`;
  return outcomes.map(({ id, status }) => `${id} ${status}\n`).join('');
}
