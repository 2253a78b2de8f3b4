import type { JobId } from '@arras/contract';
import type { Logger } from 'pino';
import type { StoredJob } from '../database/stored-jobs.ts';
import { judgeJobAccess } from '../domain/job-access.ts';
import type { Audience } from './audience.ts';
import type { JobSession } from './job-session.ts';

/** Milliseconds between two looks at the rights of all streams (R9). */
const LOOK_EVERY_MS = 60_000;
/** Jobs of one query. */
const MAX_JOBS = 500;

/** What the guard works with. */
export interface AccessGuardSeams {
  readonly jobSessions: (id: JobId) => Iterable<JobSession>;
  readonly jobIds: () => Iterable<JobId>;
  readonly audience: Audience;
  readonly findJobs: (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, StoredJob>>;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Ends what a viewer may not follow any more. Each event is checked when it is sent; this is for streams without one.
 */
export class AccessGuard implements AsyncDisposable {
  readonly #seams: AccessGuardSeams;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();

  constructor(seams: AccessGuardSeams) {
    this.#seams = seams;
    this.#timer = setInterval(() => this.look(this.#sharedJobs()), LOOK_EVERY_MS);
  }

  /** Looks who may read these jobs now. */
  look(ids: readonly JobId[]): void {
    this.#looking = this.#looking
      .then(() => this.#lookAt(ids))
      .catch((error: unknown) => this.#seams.log.warn({ err: error }, 'stream.access'));
  }

  async #lookAt(ids: readonly JobId[]): Promise<void> {
    for (let begin = 0; begin < ids.length; begin += MAX_JOBS) {
      const page = ids.slice(begin, begin + MAX_JOBS);
      const found = await this.#seams.findJobs(page);
      for (const id of page) this.#apply(id, found.get(id));
    }
  }

  #apply(id: JobId, stored: StoredJob | undefined): void {
    // A deletion is an event, and is told as one.
    if (stored?.job.visible !== true) return;
    const mayRead = (viewer: JobSession['viewer']) =>
      judgeJobAccess(viewer, stored.job, stored.grants)?.mayRead === true;
    for (const session of this.#seams.jobSessions(id))
      if (!mayRead(session.viewer)) session.close('forbidden');
    for (const session of this.#seams.audience)
      if (session.scope.kind === 'jobs' && session.scope.ids.has(id) && !mayRead(session.viewer))
        session.drop(id);
  }

  /** Jobs that somebody else than their owner follows: owners and administrators keep their rights. */
  #sharedJobs(): readonly JobId[] {
    const ids = new Set<JobId>();
    for (const id of this.#seams.jobIds())
      for (const { viewer, job } of this.#seams.jobSessions(id))
        if (!viewer.isAdmin && viewer.username !== job.owner) ids.add(id);
    for (const { scope, viewer } of this.#seams.audience)
      if (scope.kind === 'jobs' && !viewer.isAdmin) for (const id of scope.ids) ids.add(id);
    return [...ids];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
