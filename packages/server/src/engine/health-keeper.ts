import type { SystemPart } from '@arras/contract';
import type { Logger } from 'pino';
import type { Db } from '../database/connection.ts';
import { recordPartNews } from '../database/system-health.ts';
import { FAILURES_TO_BE_DOWN } from '../domain/system-health.ts';

// What real work and checks find out about the parts of systems is gathered here and written down now and then. A part
// that answers as it did is written rarely, a turn for better or worse at once: the table is for people who look, so it
// may be some seconds behind while nothing changes, and no longer than a blink while something does.

/** Milliseconds between two turns that are written: a host that answers every other command turns a thousand times. */
const TURN_MS = 250;

/** Milliseconds between two writes about a part that goes on answering. */
const CALM_MS = 10_000;
/** The same of one that goes on failing: jobs that wait for it try it all at once, and that is one failure. */
const FAILING_MS = 5_000;
/** The most measurements that are kept for one write: the last ones. */
const MOST_LATENCIES = 100;
/** Characters of a reason that are kept. */
const MOST_REASON = 500;

interface Found {
  latencies: number[];
  /** Of the last use; null: it answered. */
  reason: string | null;
  failures: number;
}

interface Part {
  readonly systemId: string;
  readonly part: SystemPart;
  found: Found | null;
  /** As it was written last by this process; null: never. */
  wasFailing: boolean | null;
  writtenAt: number;
  timer: NodeJS.Timeout | null;
  /** When the timer goes off. */
  dueAt: number;
  writing: Promise<void>;
}

/** Keeps what this process learns of the health of systems. Its calls never reject and never wait. */
export class HealthKeeper implements AsyncDisposable {
  readonly #seams: { readonly db: Db; readonly log: Pick<Logger, 'warn'>; readonly nowMs: () => number };
  readonly #parts = new Map<string, Part>();

  constructor(seams: { readonly db: Db; readonly log: Pick<Logger, 'warn'>; readonly nowMs: () => number }) {
    this.#seams = seams;
  }

  /** A part has answered; `milliseconds` it took, null where that says nothing about the system. */
  worked(systemId: string, part: SystemPart, milliseconds: number | null): void {
    const known = this.#partOf(systemId, part);
    const found = (known.found ??= { latencies: [], reason: null, failures: 0 });
    found.reason = null;
    found.failures = 0;
    if (milliseconds !== null) found.latencies.push(milliseconds);
    if (found.latencies.length > MOST_LATENCIES) found.latencies.shift();
    this.#schedule(known, known.wasFailing === false ? CALM_MS : TURN_MS);
  }

  /** A part could not be used. `isSure`: somebody looked closely, so that one failure is enough to call it down. */
  failed(systemId: string, part: SystemPart, reason: string, { isSure = false } = {}): void {
    const known = this.#partOf(systemId, part);
    const found = (known.found ??= { latencies: [], reason: null, failures: 0 });
    // Hosts say what they like; a database takes no zeros.
    found.reason = reason.slice(0, MOST_REASON).replace(/\p{Cc}+/gu, ' ');
    found.failures = isSure ? FAILURES_TO_BE_DOWN : Math.max(1, found.failures);
    this.#schedule(known, known.wasFailing === true && !isSure ? FAILING_MS : TURN_MS);
  }

  /** Writes down everything that was found so far. */
  async flush(): Promise<void> {
    for (const part of this.#parts.values()) this.#write(part);
    await Promise.all([...this.#parts.values()].map(({ writing }) => writing));
  }

  #partOf(systemId: string, part: SystemPart): Part {
    const key = `${part} ${systemId}`;
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const made: Part = {
      systemId,
      part,
      found: null,
      wasFailing: null,
      writtenAt: Number.NEGATIVE_INFINITY,
      timer: null,
      dueAt: Number.POSITIVE_INFINITY,
      writing: Promise.resolve(),
    };
    this.#parts.set(key, made);
    return made;
  }

  /** A turn does not wait for the time of what was to be written calmly. */
  #schedule(part: Part, afterMs: number): void {
    const dueAt = part.writtenAt + afterMs;
    if (part.timer !== null && part.dueAt <= dueAt) return;
    if (part.timer !== null) clearTimeout(part.timer);
    part.dueAt = dueAt;
    part.timer = setTimeout(() => this.#write(part), Math.max(0, dueAt - this.#seams.nowMs()));
    part.timer.unref();
  }

  #write(part: Part): void {
    if (part.timer !== null) clearTimeout(part.timer);
    part.timer = null;
    const { systemId, part: name, found } = part;
    if (found === null) return;
    part.found = null;
    part.wasFailing = found.failures > 0;
    part.writtenAt = this.#seams.nowMs();
    part.writing = part.writing
      .then(() => recordPartNews(this.#seams.db, { systemId, part: name, ...found }))
      // The next use tells again: nothing but what people are shown depends on it.
      .catch((error: unknown) => this.#seams.log.warn({ systemId, part: name, err: error }, 'health.lost'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
  }
}
