import { ApiError, type JobId } from '@arras/contract';
import type { Logger } from 'pino';
import type { Change } from '../database/changes.ts';
import type { FedEvent, FeedCursor, JobPosition } from '../database/feed.ts';
import type { StoredJob } from '../database/stored-jobs.ts';
import type { Feed } from '../events/feed.ts';
import type { ViewContext } from '../events/view-context.ts';
import { AccessGuard } from './access-guard.ts';
import { Broadcast } from './broadcast.ts';
import { CatchUp, type FeedPage } from './catch-up.ts';
import { ChangeTeller, type ChangeTellerSeams } from './change-teller.ts';
import { EventFrames } from './event-frames.ts';
import { FeedSession, type FeedSessionSeams } from './feed-session.ts';
import { JobLookup } from './job-lookup.ts';
import { JobReader } from './job-reader.ts';
import { JobSession, type JobSessionSeams } from './job-session.ts';
import type { JudgeSeams } from './judge.ts';
import type { StreamMeter } from './meter.ts';
import type { Session, SessionKeeper } from './session.ts';
import { SharedRead } from './shared-read.ts';
import type { EndReason } from './sink.ts';
import { StreamQuota } from './stream-quota.ts';
import { type Guarded, TokenGuard, type TokenGuardSeams } from './token-guard.ts';
import { type Beating, HeartbeatWheel } from './wheel.ts';

/** What streams ask of the database. */
export interface StreamQueries
  extends JudgeSeams,
    Pick<TokenGuardSeams, 'findHolders'>,
    Pick<ChangeTellerSeams, 'findSystemChecks' | 'listJobsSeenThrough'> {
  readonly findJobs: (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, StoredJob>>;
  readonly readJobs: (positions: readonly JobPosition[], limit: number) => Promise<readonly FedEvent[]>;
  readonly readFeed: (after: FeedCursor, limit: number) => Promise<FeedPage>;
  readonly readPresent: () => Promise<FeedCursor>;
  readonly judgePosition: (after: FeedCursor) => Promise<'good' | 'ahead' | 'expired'>;
}

/** What the streams of a process are made of. */
export interface RealtimeParts {
  readonly feed: Pick<Feed, 'onChange' | 'follow' | 'position'>;
  readonly queries: StreamQueries;
  readonly view: Pick<ViewContext, 'formatTime'>;
  readonly meter: StreamMeter;
  readonly log: Pick<Logger, 'warn'>;
  /** Streams a user may have open in this process. */
  readonly perUser: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
}

/** What lasts like a stream, although it is not made of events. */
export interface Lasting extends Guarded {
  /** The service is stopping. */
  stop(): void;
}

/** All open streams of this process, and what they share. */
export class Realtime implements SessionKeeper, AsyncDisposable {
  readonly now: () => number;
  readonly queries: StreamQueries;
  readonly quota: StreamQuota;
  readonly lookup: JobLookup;
  readonly present: SharedRead<FeedCursor>;
  readonly broadcast: Broadcast;
  readonly jobSeams: JobSessionSeams;
  readonly feedSeams: FeedSessionSeams;
  readonly #meter: StreamMeter;
  readonly #jobs = new Map<JobId, Set<JobSession>>();
  readonly #blocked = new Set<Session>();
  readonly #lasting = new Set<Lasting>();
  readonly #wheel: HeartbeatWheel;
  readonly #tokens: TokenGuard;
  readonly #access: AccessGuard;
  readonly #changes: ChangeTeller;
  readonly #hints: Disposable;
  readonly #parts: AsyncDisposable[];
  #isStopped = false;

  constructor(parts: RealtimeParts) {
    const { feed, queries, log, now, meter } = parts;
    this.now = now;
    this.queries = queries;
    this.quota = new StreamQuota(parts.perUser);
    this.lookup = new JobLookup(queries.findJobs);
    this.present = new SharedRead(queries.readPresent);
    this.#meter = meter;
    const frames = new EventFrames(parts.view);
    const reader = new JobReader({ read: queries.readJobs, log });
    this.broadcast = new Broadcast({ ...queries, feed, log, now });
    const catchUp = new CatchUp({
      ...queries,
      read: queries.readFeed,
      join: (session) => this.broadcast.join(session),
      log,
    });
    this.jobSeams = { keeper: this, reader, frames };
    this.feedSeams = {
      keeper: this,
      frames,
      catchUp: (session) => catchUp.add(session),
      livePosition: () => this.broadcast.position,
    };
    const open = {
      jobSessions: (id: JobId) => this.#jobs.get(id) ?? [],
      jobIds: () => this.#jobs.keys(),
      hasJobSessions: () => this.#jobs.size > 0,
      audience: this.broadcast.audience,
    };
    this.#tokens = new TokenGuard({ ...queries, log });
    this.#access = new AccessGuard({ ...open, ...queries, log });
    this.#changes = new ChangeTeller({ ...open, ...queries, now, log });
    this.#wheel = new HeartbeatWheel(() => {
      for (const session of this.#blocked) session.cutIfStuck();
    });
    this.#hints = feed.onChange((change) => this.#hear(change));
    this.#parts = [reader, catchUp, this.broadcast, this.#tokens, this.#access, this.#changes];
  }

  /** Throws ApiError when the viewer may not open one more stream now. */
  admit(viewer: Guarded['viewer']): void {
    if (this.#isStopped) throw new ApiError('service.stopping');
    this.quota.check(viewer);
  }

  /** Takes part in what all streams share; `shared`: its token is watched with its connection. */
  add(session: JobSession | FeedSession, guard: 'own' | 'shared'): void {
    this.quota.take(session.viewer);
    this.#meter.opened(session.kind);
    this.#wheel.add(session);
    if (guard === 'own') this.#tokens.add(session);
    if (session instanceof FeedSession) return this.broadcast.add(session);
    const known = this.#jobs.get(session.job.id);
    if (known === undefined) this.#jobs.set(session.job.id, new Set([session]));
    else known.add(session);
  }

  /** Watches the token of a connection with several streams, and lets it beat. */
  watch(connection: Guarded & Beating): Disposable {
    this.#tokens.add(connection);
    this.#wheel.add(connection);
    return {
      [Symbol.dispose]: () => {
        this.#tokens.delete(connection);
        this.#wheel.delete(connection);
      },
    };
  }

  /** Counts something as a stream of its viewer, watches its token, and stops it with the service. */
  hold(lasting: Lasting, kind: 'file'): Disposable {
    this.admit(lasting.viewer);
    this.quota.take(lasting.viewer);
    this.#tokens.add(lasting);
    this.#lasting.add(lasting);
    this.#meter.opened(kind);
    return {
      [Symbol.dispose]: () => {
        if (!this.#lasting.delete(lasting)) return;
        this.quota.release(lasting.viewer);
        this.#tokens.delete(lasting);
        this.#meter.closed(kind, null);
      },
    };
  }

  blocked(session: Session): void {
    this.#blocked.add(session);
  }

  unblocked(session: Session): void {
    this.#blocked.delete(session);
  }

  sent(): void {
    this.#meter.sent();
  }

  closed(session: Session, reason: EndReason | null): void {
    this.quota.release(session.viewer);
    this.#meter.closed(session.kind, reason);
    this.#wheel.delete(session);
    this.#blocked.delete(session);
    this.#tokens.delete(session);
    if (session instanceof FeedSession) this.broadcast.delete(session);
    if (session instanceof JobSession) this.#forget(session);
  }

  #forget(session: JobSession): void {
    const sessions = this.#jobs.get(session.job.id);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#jobs.delete(session.job.id);
  }

  #hear(change: Change | null): void {
    if (change === null) return this.#hearAnything();
    switch (change.kind) {
      case 'events':
        for (const session of this.#jobs.get(change.id) ?? []) session.hint(change.seq);
        return;
      case 'job':
      case 'progress':
        return this.#changes.jobChanged(change.id);
      case 'system':
        return this.#changes.systemChanged(change.id);
      case 'permissions':
        this.broadcast.forgetReaders();
        return this.#access.look([change.id]);
      case 'tokens':
        return this.#tokens.look();
      case 'deliveries':
        return;
    }
  }

  #hearAnything(): void {
    this.broadcast.forgetReaders();
    this.#tokens.look();
    for (const sessions of this.#jobs.values()) for (const session of sessions) session.look();
  }

  /** Ends every stream without `end`, so that clients come back to whoever is there next. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#hints[Symbol.dispose]();
    this.#wheel[Symbol.dispose]();
    for (const sessions of this.#jobs.values()) for (const session of sessions) session.close('stopping');
    for (const session of this.broadcast.audience) session.close('stopping');
    for (const lasting of this.#lasting) lasting.stop();
    await Promise.all(this.#parts.map((part) => part[Symbol.asyncDispose]()));
  }
}
