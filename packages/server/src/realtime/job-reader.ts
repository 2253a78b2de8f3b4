import type { Logger } from 'pino';
import type { FedEvent, JobPosition } from '../database/feed.ts';
import type { JobSession } from './job-session.ts';

/** Milliseconds in which requests of sessions are gathered into one query. */
const GATHER_MS = 5;
/** Milliseconds before a query that failed is repeated. */
const RETRY_MS = 500;
/** Different places that one query reads from. */
const MAX_PLACES = 200;
/** Events of each: a page of a long history is not more than what a slow client has in its queue. */
const PAGE = 50;

/** What the reader reads from. */
export interface JobReaderSeams {
  readonly read: (positions: readonly JobPosition[], limit: number) => Promise<readonly FedEvent[]>;
  readonly log: Pick<Logger, 'warn'>;
}

/** Reads for all sessions of single jobs: those that stand at the same place share a read, and places a query. */
export class JobReader implements AsyncDisposable {
  readonly #seams: JobReaderSeams;
  #waiting = new Set<JobSession>();
  #timer: NodeJS.Timeout | null = null;
  #reading: Promise<void> | null = null;
  #isStopped = false;

  constructor(seams: JobReaderSeams) {
    this.#seams = seams;
  }

  /** The session's `take` gets the next events after its position. */
  request(session: JobSession): void {
    this.#waiting.add(session);
    if (this.#timer === null && this.#reading === null) this.#schedule(GATHER_MS);
  }

  #schedule(ms: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#reading = this.#readWaiting().finally(() => {
        this.#reading = null;
        if (this.#waiting.size > 0 && this.#timer === null) this.#schedule(GATHER_MS);
      });
    }, ms);
  }

  async #readWaiting(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isStopped) {
      const batch = this.#takeBatch();
      try {
        const places = [...batch.values()].map(([{ job, position }]) => ({ jobId: job.id, seq: position }));
        this.#hand(batch, await this.#seams.read(places, PAGE));
      } catch (error) {
        this.#seams.log.warn({ err: error }, 'stream.read');
        for (const sessions of batch.values()) for (const session of sessions) this.#waiting.add(session);
        this.#schedule(RETRY_MS);
        return;
      }
    }
  }

  /** Waiting sessions by the place where they stand, at most as many places as one query takes. */
  #takeBatch(): Map<string, [JobSession, ...JobSession[]]> {
    const batch = new Map<string, [JobSession, ...JobSession[]]>();
    for (const session of this.#waiting) {
      const place = `${session.job.id} ${session.position}`;
      const sharing = batch.get(place);
      if (sharing === undefined && batch.size >= MAX_PLACES) continue;
      if (sharing === undefined) batch.set(place, [session]);
      else sharing.push(session);
      this.#waiting.delete(session);
    }
    return batch;
  }

  #hand(batch: ReadonlyMap<string, readonly [JobSession, ...JobSession[]]>, events: readonly FedEvent[]) {
    const byJob = new Map<string, FedEvent[]>();
    for (const event of events) {
      const known = byJob.get(event.job_id);
      if (known === undefined) byJob.set(event.job_id, [event]);
      else known.push(event);
    }
    for (const sessions of batch.values()) {
      const [{ job, position }] = sessions;
      const found = nextAfter(byJob.get(job.id) ?? [], position);
      for (const session of sessions) session.take(found, found.length < PAGE);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#reading;
  }
}

/** Several places of one job may have been read: their pages overlap, or leave a gap that must not be crossed. */
function nextAfter(events: readonly FedEvent[], position: number): FedEvent[] {
  const bySeq = new Map(events.filter(({ seq }) => seq > position).map((event) => [event.seq, event]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq).slice(0, PAGE);
}
