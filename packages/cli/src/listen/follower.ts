import { ApiFailure, type Client, hasEnded } from '@arras/client';
import type { HistoryEntry, JobStatus, JobSummary, JobView } from '@arras/contract';
import { createdEntry, jobAtEvent, type LiveEvent, statusAfter } from './live-event.ts';

const PAGE = 250;
/** Jobs beyond these, the longest unchanged, are placed by time when they change again. */
const BASELINE_PAGES = 4;
/** Within this, times of rows and events are not compared: they differ a little. */
const FRESH_MS = 10_000;
const CLOCK_SLACK_MS = 1_000;

/** How much of a job's events is seen (CREATED included), and the status it has after them. */
interface Seen {
  readonly count: number;
  readonly status: JobStatus;
}

const NOTHING: Seen = { count: 0, status: 'PENDING' };

/**
 * How far one job is. Without `seen`, all that happened up to `lastUpdated` is, and is counted when the job changes.
 * `settled`: a second look at the same `lastUpdated` found nothing more, so that of two events in one millisecond
 * none is missed.
 */
interface Position {
  seen: Seen | null;
  lastUpdated: string;
  settled: boolean;
}

type Row = Pick<JobSummary, 'id' | 'owner' | 'status' | 'created' | 'lastUpdated'>;

/** Looks for events of one job, or of all that the caller owns, and remembers how far each is. */
export class Follower {
  readonly #client: Client;
  readonly #jobId: string | undefined;
  readonly #fromStart: boolean;
  readonly #signal: AbortSignal;
  readonly #positions = new Map<string, Position>();
  /** Whose jobs are followed: what others share is theirs to hear of. */
  #owner = '';
  /** The newest change that was known at the start, and after the latest look; milliseconds. */
  #startMs = 0;
  #lookedMs = 0;
  /** All jobs were listed at the start: one that is not known is new. */
  #isComplete = true;

  constructor(
    client: Client,
    options: {
      readonly jobId?: string | undefined;
      readonly fromStart?: boolean | undefined;
      readonly signal: AbortSignal;
    },
  ) {
    this.#client = client;
    this.#jobId = options.jobId;
    this.#fromStart = options.fromStart === true;
    this.#signal = options.signal;
  }

  /** Remembers what has happened already. */
  async start(): Promise<void> {
    const rows = await this.#listForStart();
    this.#startMs = Math.max(0, ...rows.map(({ lastUpdated }) => Date.parse(lastUpdated)));
    this.#lookedMs = this.#startMs;
    for (const { id, status, lastUpdated } of rows) {
      const isOld = hasEnded(status) && this.#startMs - Date.parse(lastUpdated) > FRESH_MS;
      const seen = this.#fromStart ? NOTHING : isOld ? null : await this.#count(id);
      this.#positions.set(id, { seen, lastUpdated, settled: seen === null });
    }
  }

  /** The one job that is followed has ended, and everything about it was said. */
  isOver(): boolean {
    const position = this.#positions.get(this.#jobId ?? '');
    if (position === undefined || position.seen === null) return false;
    return position.settled && hasEnded(position.seen.status);
  }

  /** The events since the look before. One that was not taken is given again by the next look. */
  async *look(): AsyncGenerator<LiveEvent> {
    const rows = await this.#listChanged();
    for (const row of rows) {
      const position = this.#positions.get(row.id) ?? this.#place(row);
      this.#positions.set(row.id, position);
      const before = position.seen?.count;
      yield* this.#eventsAfter(row, position);
      position.settled = before === position.seen?.count && position.lastUpdated === row.lastUpdated;
      position.lastUpdated = row.lastUpdated;
    }
    this.#lookedMs = Math.max(this.#lookedMs, ...rows.map(({ lastUpdated }) => Date.parse(lastUpdated)));
  }

  async *#eventsAfter({ id }: Row, position: Position): AsyncGenerator<LiveEvent> {
    const begin = position.seen ?? (await this.#count(id, Date.parse(position.lastUpdated)));
    position.seen = begin;
    const entries = await this.#readHistory(id, Math.max(0, begin.count - 1));
    if (entries.length === 0) return;
    // History before job: the job is then never behind what its history says.
    const job = await this.#show(id);
    let { count, status } = begin;
    for (const entry of count === 0 ? [createdEntry(job), ...entries] : entries) {
      status = statusAfter(entry, status);
      count += 1;
      yield { job: jobAtEvent(job, status, entry.description), entry, seq: count };
      position.seen = { count, status };
    }
  }

  /** A job that the start did not list: made since, or one that had not changed for long. */
  #place({ created, lastUpdated }: Row): Position {
    if (this.#isComplete || Date.parse(created) > this.#startMs)
      return { seen: NOTHING, lastUpdated, settled: false };
    return { seen: null, lastUpdated: new Date(this.#startMs).toISOString(), settled: false };
  }

  /** Counts what has happened to a job, or what had until a time. */
  async #count(id: string, untilMs = Number.POSITIVE_INFINITY): Promise<Seen> {
    const history = await this.#readHistory(id, 0);
    const past = history.filter(({ created }) => Date.parse(created) <= untilMs + CLOCK_SLACK_MS);
    const status = past.reduce<JobStatus>((before, entry) => statusAfter(entry, before), NOTHING.status);
    return { count: past.length + 1, status };
  }

  async #listForStart(): Promise<readonly Row[]> {
    if (this.#jobId !== undefined) return [await this.#show(this.#jobId)];
    const me = { params: { username: 'me' }, signal: this.#signal };
    this.#owner = (await this.#client.call('showProfile', me)).username;
    const rows: Row[] = [];
    for (let page = 0; page < BASELINE_PAGES; page++) {
      const found = await this.#list(page * PAGE);
      rows.push(...found);
      if (found.length < PAGE) return this.#own(rows);
    }
    this.#isComplete = false;
    return this.#own(rows);
  }

  /** Jobs that may have news, the one that changed first in front. */
  async #listChanged(): Promise<readonly Row[]> {
    if (this.#jobId !== undefined) return [await this.#show(this.#jobId)];
    const changed = new Map<string, Row>();
    for (let offset = 0; ; offset += PAGE) {
      const page = await this.#list(offset);
      for (const row of this.#own(page)) if (this.#hasChanged(row)) changed.set(row.id, row);
      const last = page.at(-1);
      // Sorted by change: what is behind was already there at the latest look.
      if (
        page.length < PAGE ||
        last === undefined ||
        Date.parse(last.lastUpdated) < this.#lookedMs - FRESH_MS
      )
        return [...changed.values()].reverse();
    }
  }

  #hasChanged({ id, lastUpdated }: Row): boolean {
    const known = this.#positions.get(id);
    if (known !== undefined) return !known.settled || known.lastUpdated !== lastUpdated;
    return this.#isComplete || Date.parse(lastUpdated) > this.#startMs;
  }

  #own(rows: readonly Row[]): readonly Row[] {
    return rows.filter(({ owner }) => owner === this.#owner);
  }

  async #readHistory(id: string, offset: number): Promise<readonly HistoryEntry[]> {
    const entries: HistoryEntry[] = [];
    for (;;) {
      const query = { limit: PAGE, offset: offset + entries.length };
      const page = await this.#readPage(id, query);
      entries.push(...page);
      if (page.length < PAGE) return entries;
    }
  }

  /** A job that was deleted meanwhile tells nobody anything; one that was asked for has to be there. */
  async #readPage(id: string, query: { limit: number; offset: number }): Promise<readonly HistoryEntry[]> {
    try {
      return await this.#client.call('listJobHistory', { params: { id }, query, signal: this.#signal });
    } catch (error) {
      const isGone = this.#jobId === undefined && error instanceof ApiFailure && error.status === 404;
      if (isGone) return [];
      throw error;
    }
  }

  #list(offset: number): Promise<JobSummary[]> {
    const query = { limit: PAGE, offset, orderBy: 'lastUpdated', order: 'DESC' };
    return this.#client.call('listJobs', { query, signal: this.#signal });
  }

  #show(id: string): Promise<JobView> {
    return this.#client.call('showJob', { params: { id }, signal: this.#signal });
  }
}
