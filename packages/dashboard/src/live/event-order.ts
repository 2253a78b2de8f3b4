/** Jobs whose last event is remembered; of a browser that shows more the longest silent are forgotten. */
const MOST_JOBS = 20_000;

/** What an event is for somebody who takes the events of each job once and in order. */
export type EventPlace = 'next' | 'seen' | 'after-gap';

/** Remembers how far each job's events were taken. */
export class EventOrder {
  readonly #last = new Map<string, number>();

  /** Takes an event, unless it was taken before. The first that is heard of a job may have any number. */
  take(jobId: string, seq: number): EventPlace {
    const last = this.#last.get(jobId);
    if (last !== undefined && seq <= last) return 'seen';
    this.#last.delete(jobId);
    this.#last.set(jobId, seq);
    const oldest = this.#last.keys().next().value;
    if (this.#last.size > MOST_JOBS && oldest !== undefined) this.#last.delete(oldest);
    return last === undefined || seq === last + 1 ? 'next' : 'after-gap';
  }

  /** Numbers may begin again. */
  forget(): void {
    this.#last.clear();
  }
}
