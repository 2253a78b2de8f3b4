import type { JobUpdate } from '@arras/client';
import type { JobView } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import { renderDuration } from '../quantities.ts';
import type { Session } from '../session.ts';
import { paint } from '../terminal.ts';
import { type Place, renderEnd, renderHead, renderProgressLines, renderStatusBlock } from './job-lines.ts';
import { type KeyState, renderKeyHints, renderKeyMap, renderQuestion } from './keys.ts';
import { type ConnectionNews, Notices, renderLost, wholeSeconds } from './notices.ts';
import { Painter } from './painter.ts';
import { StallClock } from './stall-clock.ts';

/** How to show jobs. */
export interface BoardOptions {
  /** One line for each job. */
  readonly compact?: boolean | undefined;
  /** The order in which jobs are shown. Default: that in which they come. */
  readonly ids?: readonly string[] | undefined;
}

/** What is on the screen about all watched jobs; where nothing is painted over, lines and what {@link Notices} say. */
export class Board {
  readonly #session: Session;
  readonly #isCompact: boolean;
  readonly #places: ReadonlyMap<string, number>;
  #jobs = new Map<string, JobUpdate>();
  readonly #painter: Painter;
  readonly #notices: Notices | null;
  readonly #stalls = new StallClock();
  #updatedAt = Date.now();
  #lost: { readonly retryAt: number } | null = null;
  #selectedId: string | null = null;
  #keys: (() => KeyState) | null = null;

  constructor(session: Session, { compact = false, ids = [] }: BoardOptions = {}) {
    this.#session = session;
    this.#places = new Map(ids.map((id, place) => [id, place]));
    this.#isCompact = compact;
    const { terminal, width, out } = session;
    const watched = () => new Map([...this.#jobs].map(([id, { job }]) => [id, job.status]));
    this.#notices = terminal.repaint ? null : new Notices(session, watched);
    const mark = terminal.unicode ? '…' : '..';
    this.#painter = new Painter({ repaint: terminal.repaint, mark, width, write: out }, () => this.#render());
  }

  update(news: JobUpdate): void {
    this.#take(news);
    this.#updatedAt = Date.now();
    this.#stalls.note(news.history, this.#updatedAt);
    this.#notices?.news();
    this.#notices?.freshness(news.job);
    this.#painter.start();
  }

  /** Which of several jobs is read first is a matter of chance, and where it is shown is not. */
  #take(news: JobUpdate): void {
    const isNew = !this.#jobs.has(news.job.id);
    this.#jobs.set(news.job.id, news);
    if (!isNew) return;
    const placeOf = (id: string) => this.#places.get(id) ?? this.#places.size;
    this.#jobs = new Map([...this.#jobs].toSorted(([one], [other]) => placeOf(one) - placeOf(other)));
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

  /** From now on keys are about the selected job. */
  useKeys(keys: () => KeyState): void {
    this.#keys = keys;
  }

  /** The job that keys are about; null while none is shown. */
  get selected(): JobView | null {
    const [first] = this.#jobs.values();
    return (this.#jobs.get(this.#selectedId ?? '') ?? first)?.job ?? null;
  }

  /** Selects the job so many further down; behind the last comes the first. */
  select(step: 1 | -1): void {
    const ids = [...this.#jobs.keys()];
    const at = ids.indexOf(this.selected?.id ?? '');
    this.#selectedId = ids.at((at + step) % ids.length) ?? null;
  }

  /** Shows at once what a key has changed. */
  repaint(): void {
    this.#painter.repaint();
  }

  /** Leaves the screen to others. */
  suspend(): void {
    this.#painter.stop();
  }

  /** Comes back to the screen. */
  resume(): void {
    if (this.#jobs.size > 0) this.#painter.start();
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
    const { terminal } = this.#session;
    const keys = this.#keys?.() ?? null;
    const map = keys?.mode === 'map' ? renderKeyMap({ several: this.#jobs.size > 1 }) : [];
    const question =
      keys === null ? null : renderQuestion(keys.mode, cleanText(this.selected?.name ?? ''), terminal);
    return [
      ...this.#renderJobs(this.#place(nowMs), map.length),
      ...map,
      question === null
        ? paint(terminal, 'idle', this.#footer(nowMs, keys))
        : paint(terminal, 'bold', question),
    ];
  }

  /** No more than fits: what has scrolled off the screen cannot be painted over. */
  #renderJobs(place: Place, reserved: number): readonly string[] {
    const jobs = [...this.#jobs.values()];
    const room = Math.max(1, this.#session.height() - 3 - reserved);
    const blocks = this.#isCompact
      ? []
      : jobs.flatMap((news) => [this.#renderHead(news, place), ...renderStatusBlock(news, place)]);
    if (blocks.length > 0 && blocks.length <= room) return blocks;
    const heads = jobs.map((news) => this.#renderHead(news, place));
    if (heads.length <= room) return heads;
    const first = this.#firstShown(jobs, room);
    return [...heads.slice(first, first + room - 1), `and ${heads.length - room + 1} more`];
  }

  /** The selected job is always among those that are shown. */
  #firstShown(jobs: readonly JobUpdate[], room: number): number {
    const at = jobs.findIndex(({ job }) => job.id === this.selected?.id);
    return this.#keys === null ? 0 : Math.max(0, at - room + 2);
  }

  /** Of several jobs the one that keys are about is marked. */
  #renderHead(news: JobUpdate, place: Place): string {
    const head = renderHead(news, place);
    if (this.#keys === null || this.#jobs.size === 1) return head;
    const mark = place.terminal.unicode ? '›' : '*';
    return `${news.job.id === this.selected?.id ? mark : ' '} ${head}`;
  }

  #footer(nowMs: number, keys: KeyState | null): string {
    const state = this.#connectionState(nowMs);
    if (keys === null) {
      const rest = this.#jobs.size === 1 ? 'the job goes on' : 'the jobs go on';
      return this.#lost === null ? `${state}   Ctrl-C detaches, ${rest}` : state;
    }
    const mark = this.#session.terminal.unicode ? '…' : '...';
    if (keys.busy !== null) return `${state}   ${keys.busy}${mark}`;
    const width = this.#session.width() - state.length - 4;
    return `${state}   ${renderKeyHints({ width, several: this.#jobs.size > 1 })}`;
  }

  #connectionState(nowMs: number): string {
    const ageMs = nowMs - this.#updatedAt;
    const { terminal } = this.#session;
    if (this.#lost === null) return `live ${terminal.unicode ? '·' : '-'} updated ${wholeSeconds(ageMs)} ago`;
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
