import type { JobEvent } from '@arras/contract';
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { applyEvent, mergeRead, type ReadJob, type StoredJob } from './stored-job.ts';

/** All jobs that the tab knows, each in one place: whatever shows a job shows this one. */
export class JobStore {
  readonly #jobs = new Map<string, Signal<StoredJob | null>>();

  /** The job, and every later state of it; null as long as it is not known, and when it is gone. */
  signalOf(id: string): ReadonlySignal<StoredJob | null> {
    return this.#entry(id);
  }

  /** Takes what was read. Never goes back behind an event that is known. */
  put(jobs: readonly ReadJob[]): void {
    for (const job of jobs) {
      const entry = this.#entry(job.id);
      entry.value = mergeRead(entry.peek(), job);
    }
  }

  /** Shows an event at once. True when the job is known, and its record is behind now. */
  patch(event: JobEvent): boolean {
    const entry = this.#jobs.get(event.job.id);
    const known = entry?.peek() ?? null;
    if (entry === undefined || known === null) return false;
    const patched = applyEvent(known, event);
    entry.value = patched;
    return patched !== known;
  }

  /** True when the job is known. */
  has(id: string): boolean {
    return (this.#jobs.get(id)?.peek() ?? null) !== null;
  }

  /** What is known of a job now. */
  peek(id: string): StoredJob | null {
    return this.#jobs.get(id)?.peek() ?? null;
  }

  /** The ids of all jobs that are known. */
  ids(): readonly string[] {
    return [...this.#jobs.keys()].filter((id) => this.has(id));
  }

  /** The job is gone, or nobody's business any more. */
  drop(id: string): void {
    const entry = this.#jobs.get(id);
    if (entry !== undefined) entry.value = null;
  }

  /** Numbers may have gone back: whatever is read next counts. */
  forgetOrder(): void {
    for (const entry of this.#jobs.values()) {
      const job = entry.peek();
      if (job !== null) entry.value = { ...job, seq: 0 };
    }
  }

  /** Somebody else has signed in. */
  clear(): void {
    for (const entry of this.#jobs.values()) entry.value = null;
    this.#jobs.clear();
  }

  #entry(id: string): Signal<StoredJob | null> {
    const known = this.#jobs.get(id);
    if (known !== undefined) return known;
    const entry = signal<StoredJob | null>(null);
    this.#jobs.set(id, entry);
    return entry;
  }
}
