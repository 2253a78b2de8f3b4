import type { JobUpdate } from '@arras/client';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { renderEnd, renderProgressLines, renderStatusBlock } from './job-lines.ts';
import { Painter } from './painter.ts';

/** What is on the screen about all watched jobs. */
export class Board {
  readonly #session: Session;
  readonly #jobs = new Map<string, JobUpdate>();
  readonly #painter: Painter;
  #changedAt = Date.now();
  #lost: { readonly retryAt: number } | null = null;

  constructor(session: Session) {
    this.#session = session;
    const { terminal, width, out } = session;
    this.#painter = new Painter({ repaint: terminal.repaint, width, write: out }, () => this.#render());
  }

  update(news: JobUpdate): void {
    this.#jobs.set(news.job.id, news);
    this.#changedAt = Date.now();
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

  regainConnection(): void {
    this.#lost = null;
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
    const age = Math.floor((nowMs - this.#changedAt) / 1_000);
    if (this.#lost === null) return `last change ${age}s ago, Ctrl-C detaches and the job goes on`;
    const wait = Math.max(0, Math.ceil((this.#lost.retryAt - nowMs) / 1_000));
    return `lost connection, trying again in ${wait}s (last change ${age}s ago)`;
  }
}
