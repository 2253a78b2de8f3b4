import { type Client, hasEnded, type JobUpdate } from '@arras/client';
import { JOB_STATUSES, type JobStatus } from '@arras/contract';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Board, renderResult } from './board.ts';
import { openDesktop } from './desktop.ts';
import { Goal, type GoalOptions } from './goal.ts';
import { isEndEntry, renderEntry, renderReached } from './job-lines.ts';
import { type KeyOptions, WatchKeys } from './watch-keys.ts';

/** How to watch. */
export interface WatchJobsOptions extends Partial<GoalOptions> {
  /** Only the line about the end, and where lines are painted over one for each job. Default: every change. */
  readonly compact?: boolean | undefined;
  /** Shows progress in the tab and a notification at the end, on terminals that can. Default: false. */
  readonly notify?: boolean | undefined;
  /** Lets keys act on the jobs, on terminals that have some. Default: no keys. */
  readonly keys?: KeyOptions | undefined;
  readonly patienceMs?: number | undefined;
  /** Ends the watch, which then rejects with the signal's reason; the jobs go on. */
  readonly signal: AbortSignal;
}

/** Shows jobs until all have ended or the goal is reached, and gives the exit code of their results. */
export async function watchJobs(
  session: Session,
  client: Client,
  ids: readonly string[],
  options: WatchJobsOptions,
): Promise<ExitCode> {
  const { until = null, failFast = false, signal, patienceMs, compact } = options;
  const watch: Watch = {
    session,
    board: new Board(session, { compact, ids }),
    goal: new Goal(ids, { until, failFast }),
    isCompact: compact === true,
    isNamed: ids.length > 1,
    ended: [],
  };
  const desktop = openDesktop(session, { notify: options.notify === true });
  desktop.begin();
  const keys = options.keys === undefined ? null : WatchKeys.open(watch.board, options.keys);
  try {
    for await (const news of client.jobs.follow(ids, { signal, patienceMs })) {
      if (news.kind === 'update') show(news, watch);
      else watch.board.connection(news);
      if (watch.goal.isReachedEarly) break;
    }
    if (watch.ended.length > 0) desktop.end(renderResult(watch.ended));
  } finally {
    keys?.close();
    watch.board.stop();
    desktop.clear();
  }
  if (watch.goal.isReachedEarly) sayWhatGoesOn(session, watch.goal);
  return watch.goal.exitCode;
}

interface Watch {
  readonly session: Session;
  readonly board: Board;
  readonly goal: Goal;
  readonly isCompact: boolean;
  /** Lines on a terminal tell whose they are. */
  readonly isNamed: boolean;
  readonly ended: JobUpdate[];
}

function show(news: JobUpdate, { session, board, goal, isCompact, isNamed, ended }: Watch): void {
  const { job, added, history } = news;
  const isFirst = added.length === history.length;
  board.update(news);
  const lines = added
    .filter((entry) => !isEndEntry(entry))
    .map((entry) => renderEntry(entry, job, { terminal: session.terminal, isNamed }));
  if (!isCompact) board.log(...lines);
  // What was before the watch is told and not waited for.
  if (!isFirst) for (const { status } of added) if (isStatus(status)) goal.see(job.id, status);
  goal.see(job.id, job.status);
  if (hasEnded(job.status)) {
    ended.push(news);
    board.end(news);
  } else if (isCompact && goal.isReachedEarly) board.log(renderReached(news, session.terminal));
}

function isStatus(name: string): name is JobStatus {
  return JOB_STATUSES.some((status) => status === name);
}

function sayWhatGoesOn({ say, program }: Session, { unended }: Goal): void {
  const subject = unended.length === 1 ? 'The job goes' : `${unended.length} jobs go`;
  say(`${subject} on: ${program} jobs watch ${unended.join(' ')}\n`);
}
