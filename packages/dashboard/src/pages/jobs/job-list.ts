import type { JobCounts, JobEvent, JobSummary } from '@arras/contract';
import { computed, signal } from '@preact/signals';
import { ApiFailure } from '../../api/api-failure.ts';
import type { Viewer } from '../../session/session.ts';
import { type JobFacts, judgeJob } from './judge-job.ts';
import { type ListNews, NO_NEWS, noteJob } from './list-news.ts';
import {
  conditionsOf,
  isNewestFirst,
  type ListQuery,
  PAGE_ROWS,
  pageQuery,
  type Query,
} from './list-query.ts';
import { findMissingPages, isWhole, layOutRows, type RowPages, withPage, withTotal } from './row-pages.ts';
import type { RowRange } from './virtual-window.ts';

// A list is `loading` until its first page is there; from then on it is `ready`, page by page. A read that fails makes
// it `failed`, which keeps the rows. While another list is loading the rows of the one before are still shown.

/** What is listed. */
export interface ListRequest {
  readonly list: ListQuery;
  /** The conditions without those on the status: what the chips count. Null: the same as those of the list. */
  readonly chips: Query | null;
}

/** What is known of the list. */
export interface ListState {
  readonly kind: 'loading' | 'ready' | 'failed';
  readonly pages: RowPages;
  /** Of the list as it is asked for; null as long as it is not counted. */
  readonly counts: JobCounts | null;
  /** Of the list without its conditions on the status. */
  readonly chips: JobCounts | null;
  readonly news: ListNews;
  readonly failure: ApiFailure | null;
}

/** What the list works with. */
export interface JobListSeams {
  /** Who looks: administrators hear of the jobs of everybody, but list those only when they search. */
  readonly viewer: Viewer;
  readonly readPage: (query: Query, signal: AbortSignal) => Promise<readonly JobSummary[]>;
  readonly readCounts: (query: Query, signal: AbortSignal) => Promise<JobCounts>;
  /** Takes the rows themselves; the list has only their ids. */
  readonly putJobs: (jobs: readonly JobSummary[]) => void;
  /** To be told of every failure. */
  readonly noteFailure: (failure: ApiFailure) => void;
}

const NO_PAGES: RowPages = { pages: new Map(), total: 0, pageRows: PAGE_ROWS };

const BEGINNING: ListState = {
  kind: 'loading',
  pages: NO_PAGES,
  counts: null,
  chips: null,
  news: NO_NEWS,
  failure: null,
};

/** Pages that are asked for at once while somebody scrolls. */
const PAGES_AT_ONCE = 3;

/** A list of jobs that is read page by page, in whatever order its pages are looked at. */
export class JobList {
  readonly state = signal<ListState>(BEGINNING);
  /** The places of the list from its beginning to its end. */
  readonly places = computed(() => layOutRows(this.#pages.value));
  /** The ids of the rows that were read, in their order. */
  readonly ids = computed(() =>
    this.places.value.flatMap((place) => (place.kind === 'row' ? [place.id] : [])),
  );
  readonly #pages = computed(() => this.state.value.pages);
  readonly #listed = computed(() => new Set(this.ids.value));
  readonly #seams: JobListSeams;
  #request: ListRequest | null = null;
  #newest: string | null = null;
  /** Pages that are asked for. */
  #asked = new Set<number>();
  #running = new AbortController();
  #isBeginning = false;
  /** Events that came since the first page was asked for: its answer may be from before them. */
  #heard: JobEvent[] = [];

  constructor(seams: JobListSeams) {
    this.#seams = seams;
  }

  /** Lists something else, from its beginning. The reads of what was listed before are given up. */
  async load(request: ListRequest): Promise<void> {
    this.#request = request;
    this.state.value = { ...this.state.peek(), kind: 'loading', failure: null };
    await this.#begin();
  }

  /** Reads the same list again; its rows stay until the new ones are there. */
  async refresh(): Promise<void> {
    if (this.#request !== null) await this.#begin();
  }

  /** Gives up all reads. */
  stop(): void {
    this.#running.abort();
    this.#running = new AbortController();
    this.#asked = new Set();
  }

  async #begin(): Promise<void> {
    this.stop();
    this.#heard = [];
    this.#isBeginning = true;
    const { signal } = this.#running;
    await this.#try(signal, async (request) => {
      const query = pageQuery(request.list, { offset: 0, newest: null });
      const jobs = await this.#seams.readPage(query, signal);
      if (signal.aborted) return;
      this.#newest = jobs[0]?.created ?? null;
      this.#take(NO_PAGES, 0, jobs, { kind: 'ready', news: NO_NEWS, failure: null });
      this.#isBeginning = false;
      for (const event of this.#heard) this.#judge(request, event);
      await this.#count(request, signal);
    });
    if (!signal.aborted) this.#isBeginning = false;
  }

  /** Reads the numbers again. */
  async refreshCounts(): Promise<void> {
    const { signal } = this.#running;
    if (this.state.peek().kind !== 'ready') return;
    await this.#try(signal, (request) => this.#count(request, signal));
  }

  /** Counted after the rows are there: somebody who types sees rows at every letter, and numbers when they stop. */
  async #count({ list, chips: asked }: ListRequest, signal: AbortSignal): Promise<void> {
    const { readCounts } = this.#seams;
    const [counts, chips] = await Promise.all([
      readCounts(conditionsOf(list.query), signal),
      asked === null ? null : readCounts(asked, signal),
    ]);
    if (signal.aborted) return;
    const state = this.state.peek();
    const total = Math.min(counts.total, list.limit ?? counts.total);
    this.state.value = { ...state, counts, chips: chips ?? counts, pages: withTotal(state.pages, total) };
  }

  /** Reads the pages that these rows need. */
  async ensure(range: RowRange): Promise<void> {
    const missing = findMissingPages(this.places.peek(), range).filter((page) => !this.#asked.has(page));
    await Promise.all(missing.slice(0, PAGES_AT_ONCE).map((page) => this.#readPage(page)));
  }

  /** Reads page after page from the beginning until there are as many rows, or all. */
  async ensureRows(count: number): Promise<void> {
    const { signal } = this.#running;
    for (let end = PAGE_ROWS; end < count + PAGE_ROWS && !signal.aborted; end += PAGE_ROWS) {
      await this.ensure({ first: 0, end: Math.min(end, count) });
      if (this.state.peek().kind === 'failed') return;
    }
  }

  async #readPage(page: number): Promise<void> {
    const { signal } = this.#running;
    this.#asked.add(page);
    await this.#try(signal, async ({ list }) => {
      const place = { offset: page * PAGE_ROWS, newest: this.#newest };
      const jobs = await this.#seams.readPage(pageQuery(list, place), signal);
      if (!signal.aborted) this.#take(this.state.peek().pages, page, jobs, {});
    });
    if (!signal.aborted) this.#asked.delete(page);
  }

  #take(pages: RowPages, page: number, jobs: readonly JobSummary[], changes: Partial<ListState>): void {
    this.#seams.putJobs(jobs);
    const ids = jobs.map(({ id }) => id);
    this.state.value = { ...this.state.peek(), ...changes, pages: withPage(pages, page, ids) };
  }

  /** Notes what an event means for the list; rows change by themselves. */
  hear(event: JobEvent): void {
    if (this.#isBeginning) this.#heard.push(event);
    if (this.#request !== null && this.state.peek().kind !== 'loading') this.#judge(this.#request, event);
  }

  #judge(request: ListRequest, { job, status, name }: JobEvent): void {
    const state = this.state.peek();
    const facts: JobFacts = { ...job, status };
    const conditions = conditionsOf(request.list.query);
    const isListed = this.#listed.peek().has(job.id);
    // Jobs that are not theirs stand in the list of everything only when they are shared, which no event tells.
    const isPlain = Object.keys(conditions).length === 0;
    if (this.#seams.viewer.isAdmin && isPlain && !isListed && job.owner !== this.#seams.viewer.username)
      return;
    const verdict = name === 'DELETED' ? 'no' : judgeJob(conditions, facts);
    const isNewer =
      isNewestFirst(request.list) &&
      this.#newest !== null &&
      Date.parse(job.created) > Date.parse(this.#newest);
    const news = noteJob(state.news, {
      id: job.id,
      verdict,
      isListed,
      isOutside: isNewer || isWhole(state.pages),
    });
    if (news !== state.news) this.state.value = { ...state, news };
  }

  async #try(signal: AbortSignal, work: (request: ListRequest) => Promise<void>): Promise<void> {
    if (this.#request === null) return;
    try {
      await work(this.#request);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiFailure)) throw error;
      this.#seams.noteFailure(error);
      this.state.value = { ...this.state.peek(), kind: 'failed', failure: error };
    }
  }
}
