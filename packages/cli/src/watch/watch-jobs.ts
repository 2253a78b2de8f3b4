import { type Client, hasEnded, type JobUpdate } from '@arras/client';
import { exitCodeOfStatus, worstExitCode } from '../exit-code-of.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { isEndEntry, renderEnd, renderEntry, renderProgressLines, renderStatusBlock } from './job-lines.ts';
import { Painter } from './painter.ts';

/** How to watch. */
export interface WatchJobsOptions {
  /** Give up after this time; the jobs go on. Default: never. */
  readonly timeoutMs?: number | undefined;
  /** Time to the second look. Default: 1 s. */
  readonly firstDelayMs?: number | undefined;
  /** Only the line about the end. Default: every change. */
  readonly quiet?: boolean | undefined;
  /** Ends the watch in silence when aborted. Default: Ctrl-C ends it and says how to go on. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a watch ended before the jobs did. */
class Detached extends Error {
  override readonly name = 'Detached';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Shows jobs until all have ended, and gives the exit code of their results. Ctrl-C detaches: the jobs go on. */
export async function watchJobs(
  session: Session,
  client: Client,
  ids: readonly string[],
  options: WatchJobsOptions = {},
): Promise<ExitCode> {
  const leave = new AbortController();
  const onInterrupt = () => leave.abort(new Detached('detached', EXIT.interrupted));
  const onTimeout = () =>
    leave.abort(new Detached(`not ended within ${renderDuration(options.timeoutMs ?? 0)}`, EXIT.timeout));
  const timer = options.timeoutMs === undefined ? undefined : setTimeout(onTimeout, options.timeoutMs);
  if (options.interruptible !== false) process.once('SIGINT', onInterrupt);
  const board = new Board(session);
  try {
    const ends = ids.map((id) => followJob({ session, client, board, options, signal: leave.signal }, id));
    return worstExitCode(await Promise.all(ends));
  } catch (error) {
    leave.abort(error);
    if (!(error instanceof Detached)) throw error;
    board.stop();
    session.say(`${error.message}; the job goes on: ${session.program} jobs watch ${ids.join(' ')}\n`);
    return error.exitCode;
  } finally {
    board.stop();
    clearTimeout(timer);
    process.off('SIGINT', onInterrupt);
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

/** What is on the screen about all watched jobs. */
class Board {
  readonly #session: Session;
  readonly #jobs = new Map<string, JobUpdate>();
  readonly #painter: Painter;
  #updatedAt = Date.now();
  #lost: { readonly retryAt: number } | null = null;

  constructor(session: Session) {
    this.#session = session;
    const { terminal, width, out } = session;
    this.#painter = new Painter({ repaint: terminal.repaint, width, write: out }, () => this.#render());
  }

  update(news: JobUpdate): void {
    this.#jobs.set(news.job.id, news);
    this.#updatedAt = Date.now();
    this.#lost = null;
    this.#painter.start();
  }

  log(...lines: readonly string[]): void {
    this.#painter.log(...lines);
  }

  end(news: JobUpdate): void {
    this.#jobs.delete(news.job.id);
    const { terminal, width } = this.#session;
    const place = { terminal, width: width(), nowMs: Date.now() };
    // On a screen the phases stay as the summary; a file has them as its lines.
    const summary = terminal.repaint ? renderProgressLines(news, place) : [];
    this.#painter.log(...summary, renderEnd(news, terminal));
  }

  loseConnection(retryInMs: number): void {
    if (this.#lost === null)
      this.#session.say(this.#session.terminal.repaint ? '' : 'lost connection, trying again\n');
    this.#lost = { retryAt: Date.now() + retryInMs };
  }

  stop(): void {
    this.#painter.stop();
  }

  #render(): readonly string[] {
    if (this.#jobs.size === 0) return [];
    const { terminal, width } = this.#session;
    const nowMs = Date.now();
    const blocks = [...this.#jobs.values()].flatMap((news) =>
      renderStatusBlock(news, { terminal, width: width(), nowMs }),
    );
    return [...blocks, paint(terminal, 'idle', this.#footer(nowMs))];
  }

  #footer(nowMs: number): string {
    const age = Math.floor((nowMs - this.#updatedAt) / 1_000);
    if (this.#lost === null) return `updated ${age}s ago, Ctrl-C detaches and the job goes on`;
    const wait = Math.max(0, Math.ceil((this.#lost.retryAt - nowMs) / 1_000));
    return `lost connection, trying again in ${wait}s (last update ${age}s ago)`;
  }
}
