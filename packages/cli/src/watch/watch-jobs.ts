import { type Client, hasEnded, type JobUpdate } from '@arras/client';
import { exitCodeOfStatus, worstExitCode } from '../exit-code-of.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { Board } from './board.ts';
import { isEndEntry, renderEntry } from './job-lines.ts';

/** How to watch. */
export interface WatchJobsOptions {
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
  const board = new Board(session);
  const exitCodes: ExitCode[] = [];
  try {
    for await (const news of client.jobs.follow(ids, { signal: options.signal })) {
      if (news.kind === 'lost') board.loseConnection(news.retryInMs);
      else if (news.kind === 'connected') board.regainConnection();
      else {
        show(news, { session, board, options });
        if (hasEnded(news.job.status)) exitCodes.push(exitCodeOfStatus(news.job.status));
      }
    }
  } finally {
    board.stop();
  }
  return worstExitCode(exitCodes);
}

interface Screen {
  readonly session: Session;
  readonly board: Board;
  readonly options: WatchJobsOptions;
}

function show(news: JobUpdate, { session, board, options }: Screen): void {
  const { job, added } = news;
  board.update(news);
  if (options.quiet !== true)
    board.log(
      ...added
        .filter((entry) => !isEndEntry(entry))
        .map((entry) => renderEntry(entry, job, session.terminal)),
    );
  if (hasEnded(job.status)) board.end(news);
}
