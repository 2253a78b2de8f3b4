import { pause } from '@arras/client';
import type { ExitCode } from '../exit-codes.ts';
import type { JobRow } from '../job-columns.ts';
import {
  type JobListing,
  type JobQuery,
  type Page,
  readJobs,
  renderListingFooter,
  withCounts,
} from '../job-listing.ts';
import { keepTrying } from '../keep-trying.ts';
import { isForPeople, type OutputOptions } from '../print.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { type Column, renderTable } from '../table.ts';
import { paint } from '../terminal.ts';
import { Notices, renderLost, wholeSeconds } from './notices.ts';
import { Painter } from './painter.ts';
import { untilLeft } from './until-left.ts';

/** What is kept on the screen. */
export interface LiveList {
  /** Asked at each look. */
  readonly query: () => JobQuery;
  readonly page: Page;
  readonly columns: readonly Column<JobRow>[];
  readonly whenEmpty: string;
}

/** Many events at once are one look: nobody reads faster. */
const CALM_MS = 500;

/** Jobs that enter or leave a listing without an event of one's own, such as by their age, are seen by then. */
const ROUND_MS = 30_000;

/** Lines of the screen beside the rows: title, counts, which part it is, state, and one for the cursor. */
const OTHER_LINES = 5;

/** Shows a listing and keeps it as the service has it, until Ctrl-C. */
export async function watchList(
  { session, client, options }: Invocation<OutputOptions>,
  list: LiveList,
): Promise<ExitCode> {
  if (!isForPeople(options))
    throw new Refusal({
      what: '--watch shows a table and nothing else.',
      why: 'A table that changes is for people.',
      todo: `For programs: ${session.program} jobs watch --json ID...`,
    });
  const api = client();
  const note = 'the jobs go on';
  return untilLeft(session, { resume: { note } }, async (left) => {
    const over = new AbortController();
    const signal = AbortSignal.any([left, over.signal]);
    const screen = new ListScreen(session, list);
    const bell = new Bell();
    const listen = async (): Promise<never> => {
      for await (const news of api.jobs.events({ signal })) {
        if (news.kind === 'lost' || news.kind === 'connected') screen.connection(news);
        if (news.kind !== 'lost') bell.ring();
      }
      throw new Error('the stream of events ended');
    };
    const look = async (): Promise<never> => {
      for (;;) {
        const rung = bell.begin();
        const listing = await keepTrying(() => readListing(), { signal });
        signal.throwIfAborted(); // The screen is left already.
        screen.show(listing);
        await pause(CALM_MS, signal);
        await pauseUntil(rung, signal);
      }
    };
    const readListing = async () => {
      const { page, query } = list;
      const asked = query();
      return withCounts(api, asked, { rows: await readJobs(api, asked, page), page });
    };
    try {
      return await Promise.race([listen(), look()]);
    } finally {
      over.abort(); // Where one of them fails the other would go on for ever.
      screen.stop();
    }
  });
}

/** Tells a loop that there is something new, also while it is not waiting. */
class Bell {
  #rung = new AbortController();

  ring(): void {
    this.#rung.abort();
  }

  /** From now on. The signal is aborted when the bell rings. */
  begin(): AbortSignal {
    if (this.#rung.signal.aborted) this.#rung = new AbortController();
    return this.#rung.signal;
  }
}

/** Until the bell rings, or for a round; rejects only when all is over. */
async function pauseUntil(rung: AbortSignal, signal: AbortSignal): Promise<void> {
  await pause(ROUND_MS, AbortSignal.any([rung, signal])).catch(() => undefined);
  signal.throwIfAborted();
}

/** The table with its counts where lines can be painted over; elsewhere the table once, and each row that changes. */
class ListScreen {
  readonly #session: Session;
  readonly #list: LiveList;
  readonly #painter: Painter;
  readonly #notices: Notices | null;
  readonly #told = new Map<string, string>();
  #listing: JobListing | null = null;
  #updatedAt = Date.now();
  #lost: { readonly retryAt: number } | null = null;

  constructor(session: Session, list: LiveList) {
    this.#session = session;
    this.#list = list;
    const { terminal, width, out } = session;
    this.#notices = terminal.repaint ? null : new Notices(session);
    const mark = terminal.unicode ? '…' : '..';
    this.#painter = new Painter({ repaint: terminal.repaint, mark, width, write: out }, () => this.#render());
  }

  show(listing: JobListing): void {
    this.#updatedAt = Date.now();
    if (this.#notices !== null) this.#tell(listing);
    this.#listing = listing;
    this.#painter.start();
    this.#painter.repaint();
  }

  connection(news: { kind: 'lost'; retryInMs: number } | { kind: 'connected' }): void {
    this.#notices?.connection(news);
    this.#lost = news.kind === 'lost' ? { retryAt: Date.now() + news.retryInMs } : null;
  }

  stop(): void {
    this.#notices?.stop();
    // The table stays, as that of a listing does.
    const last = this.#notices === null ? this.#renderListing() : [];
    this.#painter.stop();
    this.#painter.log(...last);
  }

  /** The first time the table; then only the rows that are new or have changed. */
  #tell(listing: JobListing): void {
    const session = this.#session;
    const isFirst = this.#told.size === 0;
    const news = listing.rows.filter((row) => this.#told.get(row.id) !== row.status);
    for (const { id, status } of news) this.#told.set(id, status);
    if (this.#listing === null && news.length === 0) session.say(`${this.#list.whenEmpty}\n`);
    if (news.length === 0) return;
    const lines = renderTable(this.#list.columns, news, {
      terminal: session.terminal,
      width: session.width(),
    });
    session.out(isFirst ? lines : lines.replace(/^.*\n/, ''));
    if (isFirst) session.say(`${renderListingFooter(listing, session.terminal).join('\n')}\n`);
  }

  #render(): readonly string[] {
    return [...this.#renderListing(), paint(this.#session.terminal, 'idle', this.#state())];
  }

  #renderListing(): readonly string[] {
    const listing = this.#listing;
    if (listing === null) return [];
    const { terminal, width, height } = this.#session;
    if (listing.rows.length === 0) return [this.#list.whenEmpty];
    // What has scrolled off the screen cannot be painted over.
    const rows = listing.rows.slice(0, Math.max(1, height() - OTHER_LINES));
    const table = renderTable(this.#list.columns, rows, { terminal, width: width() - 1 });
    return [...table.split('\n').slice(0, -1), ...renderListingFooter({ ...listing, rows }, terminal)];
  }

  #state(): string {
    const nowMs = Date.now();
    const ageMs = nowMs - this.#updatedAt;
    const { terminal } = this.#session;
    if (this.#lost !== null) return renderLost(terminal, { retryInMs: this.#lost.retryAt - nowMs, ageMs });
    return `live ${terminal.unicode ? '·' : '-'} updated ${wholeSeconds(ageMs)} ago   Ctrl-C ends`;
  }
}
