import type { JobId, JobStatus } from '@arras/contract';
import type { Principal } from '../auth/authenticate.ts';
import { type FedEvent, mayRead } from '../database/feed.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import type { EventFrames } from './event-frames.ts';
import { END, HEARTBEAT, jobStartFrame, resetFrame } from './frame.ts';
import type { JobReader } from './job-reader.ts';
import { Session, type SessionKeeper } from './session.ts';
import type { Sink } from './sink.ts';

/** The job of a stream as it was when the stream was asked for. */
export interface StreamedJob {
  readonly id: JobId;
  readonly owner: string;
  readonly status: JobStatus;
  readonly seq: number;
}

/** What sessions of single jobs work with. */
export interface JobSessionSeams {
  readonly keeper: SessionKeeper;
  readonly reader: JobReader;
  readonly frames: EventFrames;
}

/**
 * The events of one job by sequence number, each once. It rests on the lock on the job's row alone, not on the horizon of
 * the feed, so no foreign transaction can hold it up.
 */
export class JobSession extends Session {
  readonly kind = 'job';
  readonly job: Pick<StreamedJob, 'id' | 'owner'>;
  readonly #seams: JobSessionSeams;
  /** Number of the last event written. */
  #position: number;
  /** Status of the job after that event; null until it is known. */
  #status: JobStatus | null;
  #isReading = false;
  #readAgain = false;

  constructor(
    seams: JobSessionSeams,
    parts: {
      readonly viewer: Principal;
      readonly sink: Sink;
      readonly job: StreamedJob;
      readonly since: number;
    },
  ) {
    super(seams.keeper, parts);
    const { id, owner, seq, status } = parts.job;
    this.#seams = seams;
    this.job = { id, owner };
    this.#position = Math.min(parts.since, seq);
    this.#status = parts.since >= seq ? status : null;
  }

  get position(): number {
    return this.#position;
  }

  /** Says where the stream begins. `isReset`: the position asked for lies ahead of the job. */
  start({ isReset }: { readonly isReset: boolean }): void {
    this.write(jobStartFrame(this.#position));
    if (isReset) this.write(resetFrame('The job has no event of that number.', String(this.#position)));
    // Also without a known event: one may have happened while the job was looked up.
    this.look();
  }

  /** There are events up to this number. */
  hint(seq: number): void {
    if (seq > this.#position) this.look();
  }

  /** There may be new events. */
  look(): void {
    if (!this.hasRoom) return;
    if (this.#isReading) this.#readAgain = true;
    else this.#read();
  }

  #read(): void {
    this.#isReading = true;
    this.#readAgain = false;
    this.#seams.reader.request(this);
  }

  /** Takes what the reader found after the session's position. `isAll`: the job had no more events at that time. */
  take(events: readonly FedEvent[], isAll: boolean): void {
    this.#isReading = false;
    for (const event of events) {
      if (!this.hasRoom) return;
      if (event.seq > this.#position) this.#takeEvent(event);
    }
    if (!this.hasRoom) return;
    if (!isAll || this.#readAgain) this.#read();
    else if (this.#status !== null && isTerminal(this.#status)) this.#finish();
  }

  #takeEvent(event: FedEvent): void {
    if (!this.viewer.isAdmin && !mayRead(event, this.viewer.username)) return this.close('forbidden');
    this.#position = event.seq;
    this.#status = event.status;
    this.writeEvent(this.#seams.frames.ofJob(event));
    // Nobody hears anything of a job after its deletion.
    if (event.name === 'DELETED') this.#finish();
  }

  #finish(): void {
    this.write(END);
    this.close('complete');
  }

  resume(): void {
    this.look();
  }

  beat(): void {
    if (this.hasRoom) this.write(HEARTBEAT);
  }
}
