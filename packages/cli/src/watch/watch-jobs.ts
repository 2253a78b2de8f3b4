import { type Client, hasEnded } from '@arras/client';
import { exitCodeOfStatus, worstExitCode } from '../exit-code-of.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Board } from './board.ts';
import { isEndEntry, renderEntry } from './job-lines.ts';

/** How to watch. */
export interface WatchJobsOptions {
  /** Time to the second look. Default: 1 s. */
  readonly firstDelayMs?: number | undefined;
  /** Only the line about the end. Default: every change. */
  readonly quiet?: boolean | undefined;
  /** Ends the watch, which then rejects with the signal's reason; the jobs go on. */
  readonly signal: AbortSignal;
}

/** Shows jobs until all have ended, and gives the exit code of their results. */
export async function watchJobs(
  session: Session,
  client: Client,
  ids: readonly string[],
  options: WatchJobsOptions,
): Promise<ExitCode> {
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const board = new Board(session);
  try {
    const ends = ids.map((id) => followJob({ session, client, board, options, signal }, id));
    return worstExitCode(await Promise.all(ends));
  } catch (error) {
    // One watch that fails ends the others.
    failed.abort(error);
    throw error;
  } finally {
    board.stop();
  }
}

interface Watch {
  readonly session: Session;
  readonly client: Client;
  readonly board: Board;
  readonly options: WatchJobsOptions;
  readonly signal: AbortSignal;
}

async function followJob({ session, client, board, options, signal }: Watch, id: string): Promise<ExitCode> {
  const { terminal } = session;
  for await (const news of client.jobs.watch(id, { firstDelayMs: options.firstDelayMs, signal })) {
    if (news.kind === 'lost') {
      board.loseConnection(news.retryInMs);
      continue;
    }
    const { job, added } = news;
    board.update(news);
    if (options.quiet !== true)
      board.log(
        ...added.filter((entry) => !isEndEntry(entry)).map((entry) => renderEntry(entry, job, terminal)),
      );
    if (!hasEnded(job.status)) continue;
    board.end(news);
    return exitCodeOfStatus(job.status);
  }
  throw new Error(`The watch of ${id} ended before the job did`);
}
