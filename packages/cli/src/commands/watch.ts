import { END_STATUSES } from '@arras/client';
import { JOB_STATUSES } from '@arras/contract';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobIds } from '../job-id.ts';
import { parseDurationMs } from '../quantities.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import { parseUntil } from '../watch/goal.ts';
import { untilLeft } from '../watch/until-left.ts';
import { watchEvents } from '../watch/watch-events.ts';
import { watchJobs } from '../watch/watch-jobs.ts';

/** Options of everything that waits for jobs. */
export interface WaitingFlags {
  readonly timeout?: string;
  readonly patience?: string;
  readonly until?: string;
  readonly failFast?: boolean;
  /** False with --no-exit-status. */
  readonly exitStatus?: boolean;
}

/** Options of watching. */
export interface WatchFlags extends WaitingFlags {
  readonly json?: true;
  readonly compact?: boolean;
  /** False with --no-notify. */
  readonly notify?: boolean;
}

/** Watches jobs until they have ended, or until they are what --until says. */
export async function watch(call: Invocation<WatchFlags>, typed: readonly string[]): Promise<ExitCode> {
  const { session, client, options } = call;
  const { timeoutMs, ...waiting } = readWaiting(options);
  const ids = typed.length > 0 ? await resolveJobIds(call.lookup(), typed) : await listUnended(call);
  const { compact, notify } = options;
  const resume = () => `jobs watch ${ids.join(' ')}`;
  const exitCode = await untilLeft(session, { timeoutMs, resume }, (signal, detach) =>
    options.json === true
      ? watchEvents(session, client(), ids, { ...waiting, signal })
      : watchJobs(session, client(), ids, { ...waiting, compact, notify, signal, keys: { call, detach } }),
  );
  return exitCodeFor(options, exitCode);
}

/** The caller's jobs that have not ended, the newest first: what somebody means who names none. */
async function listUnended({ session, lookup, options }: Invocation<WatchFlags>): Promise<readonly string[]> {
  // A script that waits for whatever runs just now is a mistake; a person sees what it is.
  if (!session.terminal.isTty || options.json === true)
    throw new Refusal({
      what: 'Which jobs?',
      why: 'Without ids all unfinished jobs are watched, but only on a terminal.',
      todo: `${session.program} jobs watch last`,
    });
  const unended = JOB_STATUSES.filter((status) => !END_STATUSES.includes(status));
  const search = { 'status.in': unended.join(','), owner: 'me' };
  const jobs = await lookup().jobs.list({ ...search, limit: 250, orderBy: 'created', order: 'DESC' });
  if (jobs.length > 0) return jobs.map(({ id }) => id);
  throw new Refusal({
    what: 'You have no unfinished jobs.',
    why: 'Without ids all of them are watched.',
    todo: `${session.program} jobs list`,
    exitCode: EXIT.notFound,
  });
}

/** What the options of waiting mean. @throws Refusal for what cannot be understood. */
export function readWaiting({ timeout, patience, until, failFast }: WaitingFlags) {
  return {
    timeoutMs: parseTime('--timeout', timeout),
    patienceMs: parseTime('--patience', patience),
    until: parseUntil(until),
    failFast: failFast === true,
  };
}

/** The exit code of a result, or with --no-exit-status success whatever became of the jobs. */
export function exitCodeFor({ exitStatus }: WaitingFlags, exitCode: ExitCode): ExitCode {
  const isResult = exitCode === EXIT.jobFailed || exitCode === EXIT.jobStopped;
  return exitStatus === false && isResult ? EXIT.ok : exitCode;
}

/** The value of an option in milliseconds. */
export function parseTime(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = parseDurationMs(text);
  if (timeMs !== null) return timeMs;
  throw new Refusal({
    what: `"${text}" is no time.`,
    why: 'Expected a number with a unit: s, m, h or d.',
    todo: `Write ${option} 90s, or ${option} 2h.`,
  });
}
