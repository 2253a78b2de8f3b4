import { ApiError, type JobId, type Presentation } from '@arras/contract';
import type { ShownSystem } from '../../database/execution-systems.ts';
import type { History, HistoryPage } from '../../database/history.ts';
import type { StoredJob } from '../../database/stored-jobs.ts';
import type { Viewer } from '../../database/systems.ts';
import type { JobRow } from '../../database/tables.ts';
import { isMonitored, isTerminal } from '../../domain/lifecycle.ts';
import { surroundingsOf } from '../../events/job-surroundings.ts';
import { isStopping, renderJob, renderJobStatus } from '../../events/job-view.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { getReadableJob } from '../get-visible-job.ts';
import { renderResult } from '../send-reply.ts';
import { renderHistoryEntry } from '../views/history-view.ts';
import { BatchLoader } from './batch-loader.ts';
import type { ChangeClock } from './change-clock.ts';
import { maxAgeMs } from './copy-age.ts';
import type { JobCopies } from './job-copies.ts';
import type { JobEntry } from './job-entry.ts';
import type { Rendering } from './rendering.ts';
import { Representation } from './representation.ts';
import type { SystemCopies } from './system-copies.ts';

/** What is asked about a job. */
export type JobQuestion = {
  readonly id: JobId;
  readonly presentation: Presentation;
} & (
  | { readonly view: 'job' | 'status' }
  | { readonly view: 'history'; readonly page: Omit<HistoryPage, 'jobId'> }
);

/** The answer with what it rests on. */
export interface JobAnswer {
  readonly rendering: Rendering;
  readonly job: JobRow;
  /** Null when it makes no difference to the answer. */
  readonly system: ShownSystem | null;
  /** What the tag begins with: number of the last event, then `s` when a stop is requested. */
  readonly version: string;
}

/** What {@link JobAnswers} works with. */
export interface JobAnswersSeams {
  /** Reads pages of histories from the tables. */
  readonly loadHistories: (pages: ReadonlyMap<string, HistoryPage>) => Promise<ReadonlyMap<string, History>>;
  readonly clock: ChangeClock;
  readonly jobs: JobCopies;
  readonly systems: SystemCopies;
  readonly hasCompany: () => boolean;
  readonly view: ViewContext;
  /** The envelope's. */
  readonly version: string;
}

interface LoadedHistory {
  readonly history: History;
  readonly asOf: number;
  readonly loadedAt: number;
}

/** Pages of one query. */
const BATCH = 200;

/** Answers to polls about single jobs, from memory where a good copy is there. */
export class JobAnswers {
  readonly #seams: JobAnswersSeams;
  readonly #histories: BatchLoader<HistoryPage, LoadedHistory>;

  constructor(seams: JobAnswersSeams) {
    this.#seams = seams;
    this.#histories = new BatchLoader({
      load: async (requests, asOf) => {
        const loadedAt = performance.now();
        const found = await seams.loadHistories(requests);
        return new Map([...found].map(([key, history]) => [key, { history, asOf, loadedAt }]));
      },
      now: () => seams.clock.now,
      maxKeys: BATCH,
    });
  }

  /** The answer for a viewer. Throws ApiError when the job is not for them. What is known must be up to date. */
  async find(viewer: Viewer, question: JobQuestion): Promise<JobAnswer> {
    const { jobs } = this.#seams;
    const entry = jobs.entry(question.id);
    // Awaiting what is there already would cost each poll a turn of the event loop's queue.
    const finding = jobs.find(entry);
    const stored = finding instanceof Promise ? await finding : finding;
    if (stored === null) throw new ApiError('job.not-found');
    const job = getReadableJob(viewer, stored);
    const needed = this.#findSystem(job, question.view);
    const system = needed instanceof Promise ? await needed : needed;
    if (question.view === 'history') return this.#answerHistory(entry, job, system, question);
    return this.#answerState(entry, stored, system, question);
  }

  /** Of a job that no program of which is watched, only the full job shows anything of the system. */
  #findSystem(job: JobRow, view: JobQuestion['view']): ShownSystem | null | Promise<ShownSystem | null> {
    if (view !== 'job' && !isMonitored(job.status)) return null;
    return this.#seams.systems.find(job.execution_system, this.#maxAgeMs(job));
  }

  #maxAgeMs({ status }: JobRow): number {
    return maxAgeMs({ hasCompany: this.#seams.hasCompany(), hasEnded: isTerminal(status) });
  }

  #answerState(
    entry: JobEntry,
    stored: StoredJob,
    system: ShownSystem | null,
    question: JobQuestion,
  ): JobAnswer {
    const { job } = stored;
    const { view } = this.#seams;
    const version = versionOf(job.seq, job);
    const known = entry.findRendering(keyOf(question));
    const sources = [stored, ...sourcesOf(job, system)];
    if (known !== undefined && sources.every((source, index) => known.sources[index] === source))
      return { rendering: known, job, system, version };
    const surroundings = surroundingsOf(system, stored.archived);
    const result =
      question.view === 'status'
        ? renderJobStatus(view, job, surroundings)
        : renderJob(view, job, surroundings);
    const rendering = this.#keep(entry, question, result, version, {
      seq: job.seq,
      asOf: 0,
      loadedAt: 0,
      sources,
      isEmpty: false,
    });
    return { rendering, job, system, version };
  }

  async #answerHistory(
    entry: JobEntry,
    job: JobRow,
    system: ShownSystem | null,
    question: Extract<JobQuestion, { readonly view: 'history' }>,
  ): Promise<JobAnswer> {
    const rendering =
      this.#findHistory(entry, job, question) ?? (await this.#loadHistory(entry, job, question));
    return { rendering, job, system, version: versionOf(rendering.seq, job) };
  }

  #findHistory(entry: JobEntry, job: JobRow, question: JobQuestion): Rendering | null {
    const known = entry.findRendering(keyOf(question));
    const isGood =
      known !== undefined &&
      entry.hasEvents(known) &&
      known.asOf >= entry.progressAt &&
      known.asOf >= this.#seams.clock.anythingAt &&
      known.sources[0] === isStopping(job) &&
      performance.now() - known.loadedAt < this.#maxAgeMs(job);
    return isGood ? known : null;
  }

  async #loadHistory(
    entry: JobEntry,
    job: JobRow,
    question: Extract<JobQuestion, { readonly view: 'history' }>,
  ): Promise<Rendering> {
    const after = Math.max(entry.seqAt, entry.progressAt, this.#seams.clock.anythingAt);
    const page = { jobId: job.id, ...question.page };
    const loaded = await this.#histories.load(`${job.id} ${pageKeyOf(page)}`, page, after);
    // Another request may have rendered the same load, or a newer one.
    const kept = this.#findHistory(entry, job, question);
    if (kept !== null) return kept;
    const { history, asOf, loadedAt } = loaded ?? { history: { seq: 0, rows: [] }, asOf: 0, loadedAt: 0 };
    const { seq, rows } = history;
    const entries = rows.map((row) => renderHistoryEntry(this.#seams.view, row));
    return this.#keep(entry, question, entries, versionOf(seq, job), {
      seq,
      asOf,
      loadedAt,
      sources: [isStopping(job)],
      isEmpty: rows.length === 0,
    });
  }

  #keep(
    entry: JobEntry,
    question: JobQuestion,
    result: unknown,
    version: string,
    facts: Omit<Rendering, 'representation'>,
  ): Rendering {
    const { presentation } = question;
    const text = renderResult({ result }, { presentation, version: this.#seams.version });
    const rendering = { ...facts, representation: new Representation(text, version) };
    this.#seams.jobs.change(entry, () => entry.keepRendering(keyOf(question), rendering));
    return rendering;
  }
}

function versionOf(seq: number, job: JobRow): string {
  return isStopping(job) ? `${seq}s` : String(seq);
}

/** What of the system a view of the job shows: how its looks go, or only what kind it is. */
function sourcesOf(job: JobRow, system: ShownSystem | null): readonly unknown[] {
  return isMonitored(job.status) ? [system] : [system?.executionType, system?.scheduler];
}

function keyOf(question: JobQuestion): string {
  const shape = presentationKeyOf(question.presentation);
  return question.view === 'history'
    ? `history ${pageKeyOf(question.page)} ${shape}`
    : `${question.view} ${shape}`;
}

function pageKeyOf({ since, limit, offset, order }: Omit<HistoryPage, 'jobId'>): string {
  return `${since} ${limit} ${offset} ${order}`;
}

/** Two that shape answers alike have the same key. */
export function presentationKeyOf({ pretty, naked, filter }: Presentation): string {
  const fields = filter === null ? '*' : filter.map((term) => term.join('.')).join(',');
  return `${pretty ? 'pretty' : ''} ${naked ? 'naked' : ''} ${fields}`;
}
