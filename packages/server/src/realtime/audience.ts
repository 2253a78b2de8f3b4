import { type JobId, WORLD } from '@arras/contract';
import type { FeedSession } from './feed-session.ts';

/** Whom an event may concern. */
export interface Concern {
  readonly job_id: JobId;
  readonly owner: string;
  readonly readers: readonly string[];
}

/** The open sessions of many jobs, found by what their streams are about: not every session is asked about each event. */
export class Audience {
  readonly #sessions = new Set<FeedSession>();
  readonly #ofEverybody = new Set<FeedSession>();
  readonly #byReader = new Map<string, Set<FeedSession>>();
  readonly #byOwner = new Map<string, Set<FeedSession>>();
  readonly #byJob = new Map<string, Set<FeedSession>>();

  get size(): number {
    return this.#sessions.size;
  }

  [Symbol.iterator](): IterableIterator<FeedSession> {
    return this.#sessions[Symbol.iterator]();
  }

  add(session: FeedSession): void {
    this.#sessions.add(session);
    if (isOfEverybody(session)) this.#ofEverybody.add(session);
    for (const [index, key] of this.#placesOf(session)) {
      const known = index.get(key);
      if (known === undefined) index.set(key, new Set([session]));
      else known.add(session);
    }
  }

  delete(session: FeedSession): void {
    this.#sessions.delete(session);
    this.#ofEverybody.delete(session);
    for (const [index, key] of this.#placesOf(session)) {
      const known = index.get(key);
      known?.delete(session);
      if (known?.size === 0) index.delete(key);
    }
  }

  /** Every session that the event may belong to; whether it does, its scope decides. Some may come twice. */
  *concernedBy({ job_id, owner, readers }: Concern): Generator<FeedSession> {
    yield* this.#ofEverybody;
    yield* this.#byJob.get(job_id) ?? [];
    yield* this.#byOwner.get(owner) ?? [];
    if (readers.includes(WORLD)) {
      for (const sessions of this.#byReader.values()) yield* sessions;
      return;
    }
    yield* this.#byReader.get(owner) ?? [];
    for (const reader of readers) yield* this.#byReader.get(reader) ?? [];
  }

  #placesOf(session: FeedSession): (readonly [Map<string, Set<FeedSession>>, string])[] {
    const { scope, viewer } = session;
    if (isOfEverybody(session)) return [];
    if (scope.kind === 'jobs') return [...scope.ids].map((id) => [this.#byJob, id] as const);
    if (scope.kind === 'owner') return [[this.#byOwner, scope.owner]];
    return [[this.#byReader, viewer.username]];
  }
}

function isOfEverybody({ scope }: FeedSession): boolean {
  return 'ofEverybody' in scope && scope.ofEverybody;
}
