import type { JobUpdate } from '@arras/client';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { type Place, renderEnd, renderHead, renderProgressLines, renderStatusBlock } from './job-lines.ts';
import { type ConnectionNews, Notices, renderLost, wholeSeconds } from './notices.ts';
import { Painter } from './painter.ts';
import { StallClock } from './stall-clock.ts';

/** How to show jobs. */
export interface BoardOptions {
  /** One line for each job. */
  readonly compact?: boolean | undefined;
}

/** What is on the screen about all watched jobs; where nothing is painted over, lines and what {@link Notices} say. */
export class Board {
  readonly #session: Session;
  readonly #isCompact: boolean;
  readonly #jobs = new Map<string, JobUpdate>();
  readonly #painter: Painter;
  readonly #notices: Notices | null;
  readonly #stalls = new StallClock();
  #updatedAt = Date.now();
  #lost: { readonly retryAt: number } | null = null;

  constructor(session: Session, { compact = false }: BoardOptions = {}) {
    this.#session = session;
    this.#isCompact = compact;
    const { terminal, width, out } = session;
    const watched = () => new Map([...this.#jobs].map(([id, { job }]) => [id, job.status]));
    this.#notices = terminal.repaint ? null : new Notices(session, watched);
    const mark = terminal.unicode ? '…' : '..';
    this.#painter = new Painter({ repaint: terminal.repaint, mark, width, write: out }, () => this.#render());
  }

  update(news: JobUpdate): void {
    this.#jobs.set(news.job.id, news);
    this.#updatedAt = Date.now();
    this.#stalls.note(news.history, this.#updatedAt);
    this.#notices?.news();
    this.#notices?.freshness(news.job);
    this.#painter.start();
  }

  log(...lines: readonly string[]): void {
    this.#painter.log(...lines);
  }

  end(news: JobUpdate): void {
    this.#jobs.delete(news.job.id);
    const { terminal } = this.#session;
    // On a screen the phases stay as the summary; a file has them as its lines.
    const isSummed = terminal.repaint && !this.#isCompact;
    const summary = isSummed ? renderProgressLines(news, this.#place(Date.now())) : [];
    this.#painter.log(...summary, renderEnd(news, terminal));
  }

  connection(news: ConnectionNews): void {
    const nowMs = Date.now();
    this.#notices?.connection(news);
    if (news.kind === 'lost') this.#lost = { retryAt: nowMs + news.retryInMs };
    else if (this.#lost !== null) {
      this.#lost = null;
      this.#updatedAt = nowMs;
      this.#stalls.restart(nowMs);
    }
  }

  stop(): void {
    this.#notices?.stop();
    this.#painter.stop();
  }

  #place(nowMs: number): Place {
    const { terminal, width } = this.#session;
    // Without a connection nobody knows whether anything moves.
    return { terminal, width: width(), nowMs, stalls: this.#lost === null ? this.#stalls : null };
  }

  #render(): readonly string[] {
    if (this.#jobs.size === 0) return [];
    const nowMs = Date.now();
    return [
      ...this.#renderJobs(this.#place(nowMs)),
      paint(this.#session.terminal, 'idle', this.#footer(nowMs)),
    ];
  }

  /** No more than fits: what has scrolled off the screen cannot be painted over. */
  #renderJobs(place: Place): readonly string[] {
    const jobs = [...this.#jobs.values()];
    const room = Math.max(1, this.#session.height() - 3);
    const blocks = this.#isCompact ? [] : jobs.flatMap((news) => renderStatusBlock(news, place));
    if (blocks.length > 0 && blocks.length <= room) return blocks;
    const heads = jobs.map((news) => renderHead(news, place));
    if (heads.length <= room) return heads;
    return [...heads.slice(0, room - 1), `and ${heads.length - room + 1} more`];
  }

  #footer(nowMs: number): string {
    const ageMs = nowMs - this.#updatedAt;
    const { terminal } = this.#session;
    if (this.#lost === null) {
      const rest = this.#jobs.size === 1 ? 'the job goes on' : 'the jobs go on';
      return `live ${terminal.unicode ? '·' : '-'} updated ${wholeSeconds(ageMs)} ago   Ctrl-C detaches, ${rest}`;
    }
    return renderLost(terminal, { retryInMs: this.#lost.retryAt - nowMs, ageMs });
  }
}

/** One sentence about how jobs ended, for who looks elsewhere. */
export function renderResult(ended: readonly JobUpdate[]): string {
  const [only, ...others] = ended;
  if (only === undefined) return 'No job has ended';
  const { job } = only;
  if (others.length > 0)
    return `${ended.length} jobs have ended: ${ended.map(({ job: { status } }) => status).join(', ')}`;
  const took = renderDuration(Date.parse(job.lastUpdated) - Date.parse(job.created));
  return `${job.status} ${job.name} after ${took}`;
}
