import type { JobId } from '@arras/contract';
import type { StoredJob } from '../../database/stored-jobs.ts';
import type { Rendering } from './rendering.ts';

/** A copy of a job and as of when it is one. */
export interface JobCopy extends StoredJob {
  /** Bytes of memory, about. */
  readonly cost: number;
  /** Time of the change clock at which its query was sent. */
  readonly asOf: number;
  /** Monotonic milliseconds at which its query was sent. */
  readonly loadedAt: number;
}

/** Renderings kept of one job: what one client asks for, and a few others with other parameters. */
const MAX_RENDERINGS = 8;

/** Bytes of an entry with nothing in it. */
const ENTRY_COST = 500;
/** Bytes of a row as an object with its times, without what users put into it. */
const ROW_COST = 3_000;
/** Bytes of a permission. */
const GRANT_COST = 150;

/**
 * What is kept of one job. Three things tell whether it is still good: `changedAt` and `progressAt` are the last changes
 * that came without an event, and events are known by their number, so that a look that tells of known ones again
 * spoils nothing.
 */
export class JobEntry {
  readonly id: JobId;
  copy: JobCopy | null = null;
  changedAt: number;
  progressAt: number;
  /** Number of the last event that was told, and when it was told first. */
  seq = 0;
  seqAt: number;
  readonly #renderings = new Map<string, Rendering>();
  #renderingsCost = 0;

  /** `now`: of the change clock. What changed before has not been heard, so nothing older counts. */
  constructor(id: JobId, now: number) {
    this.id = id;
    this.changedAt = now;
    this.progressAt = now;
    this.seqAt = now;
  }

  /** Whether something read at a time shows every event: by its own last number, or because it was read later. */
  hasEvents(read: { readonly seq: number; readonly asOf: number }): boolean {
    return read.seq >= this.seq || read.asOf >= this.seqAt;
  }

  findRendering(key: string): Rendering | undefined {
    return this.#renderings.get(key);
  }

  /** Keeps a rendering in the place of the one before, or of the oldest. */
  keepRendering(key: string, rendering: Rendering): void {
    this.#drop(key);
    const oldest = this.#renderings.keys().next().value;
    if (this.#renderings.size >= MAX_RENDERINGS && oldest !== undefined) this.#drop(oldest);
    this.#renderings.set(key, rendering);
    this.#renderingsCost += costOf(key, rendering);
  }

  #drop(key: string): void {
    const known = this.#renderings.get(key);
    if (known === undefined) return;
    this.#renderings.delete(key);
    this.#renderingsCost -= costOf(key, known);
  }

  /** Bytes of memory, about. */
  get cost(): number {
    return ENTRY_COST + (this.copy?.cost ?? 0) + this.#renderingsCost;
  }
}

/** Bytes that a job takes, about: requests may be long, and memory is promised to be bounded. */
export function costOfJob({ job, grants }: StoredJob): number {
  const { inputs, parameters, last_message } = job;
  const texts = JSON.stringify([inputs, parameters, last_message]).length;
  return ROW_COST + 2 * texts + grants.length * GRANT_COST;
}

function costOf(key: string, { representation }: Rendering): number {
  return representation.cost + 2 * key.length;
}
