import type { JobId } from '@arras/contract';
import type { Logger } from 'pino';
import type { StoredJob } from '../database/stored-jobs.ts';
import type { SystemCheckRow } from '../database/tables.ts';
import type { Audience } from './audience.ts';
import { changedFrame } from './frame.ts';
import type { JobSession } from './job-session.ts';
import { type JudgeSeams, judge } from './judge.ts';
import { covers, type JudgedEvent } from './scope.ts';

/** Milliseconds between two tellings: progress of a transfer comes faster than anybody can look. */
const EVERY_MS = 1_000;
/** Milliseconds before the first after a rest, for what comes together. */
const GATHER_MS = 20;

/** What telling works with. */
export interface ChangeTellerSeams extends JudgeSeams {
  readonly jobSessions: (id: JobId) => Iterable<JobSession>;
  readonly hasJobSessions: () => boolean;
  readonly audience: Audience;
  readonly findJobs: (ids: readonly JobId[]) => Promise<ReadonlyMap<JobId, StoredJob>>;
  readonly findSystemChecks: (ids: readonly string[]) => Promise<ReadonlyMap<string, SystemCheckRow>>;
  readonly listJobsSeenThrough: (systemIds: readonly string[]) => Promise<readonly JobId[]>;
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn'>;
}

/**
 * Tells streams that something about a job changed that is no event, at most once a second a job. Lost ones do no harm:
 * nothing but the next look of the client depends on them.
 */
export class ChangeTeller implements AsyncDisposable {
  readonly #seams: ChangeTellerSeams;
  #jobs = new Set<JobId>();
  #systems = new Set<string>();
  readonly #reachable = new Map<string, boolean>();
  #timer: NodeJS.Timeout | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #telling: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(seams: ChangeTellerSeams) {
    this.#seams = seams;
  }

  jobChanged(id: JobId): void {
    if (!this.#isHeard) return;
    this.#jobs.add(id);
    this.#schedule();
  }

  /** A system was looked at; only whether it answers is news to its jobs. */
  systemChanged(id: string): void {
    if (!this.#isHeard) return;
    this.#systems.add(id);
    this.#schedule();
  }

  get #isHeard(): boolean {
    return this.#seams.audience.size > 0 || this.#seams.hasJobSessions();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isStopped) return;
    const wait = Math.max(GATHER_MS, this.#toldAt + EVERY_MS - this.#seams.now());
    this.#timer = setTimeout(() => {
      this.#telling = this.#tell()
        .catch((error: unknown) => this.#seams.log.warn({ err: error }, 'stream.changed'))
        .finally(() => {
          this.#timer = null;
          if (this.#jobs.size + this.#systems.size > 0) this.#schedule();
        });
    }, wait);
  }

  async #tell(): Promise<void> {
    const ids = this.#jobs;
    const systems = this.#systems;
    this.#jobs = new Set();
    this.#systems = new Set();
    this.#toldAt = this.#seams.now();
    for (const id of await this.#jobsOfTurned([...systems])) ids.add(id);
    for (const id of ids) {
      const frame = changedFrame(id);
      for (const session of this.#seams.jobSessions(id)) session.tellChanged(id, frame);
    }
    if (this.#seams.audience.size > 0) await this.#tellAudience([...ids]);
  }

  /** Jobs of the systems that have begun or ceased to answer. */
  async #jobsOfTurned(systems: readonly string[]): Promise<readonly JobId[]> {
    if (systems.length === 0) return [];
    const checks = await this.#seams.findSystemChecks(systems);
    const turned = systems.filter((id) => {
      const isReachable = (checks.get(id)?.failing_since ?? null) === null;
      const wasReachable = this.#reachable.get(id) ?? true;
      this.#reachable.set(id, isReachable);
      return isReachable !== wasReachable;
    });
    return this.#seams.listJobsSeenThrough(turned);
  }

  async #tellAudience(ids: readonly JobId[]): Promise<void> {
    const stored = await this.#seams.findJobs(ids);
    const states = [...stored.values()].filter(({ job }) => job.visible).map(stateOf);
    const scopes = [...this.#seams.audience].map(({ scope }) => scope);
    const verdicts = await judge(this.#seams, states, scopes);
    for (const state of states) {
      const frame = changedFrame(state.job_id);
      for (const session of new Set(this.#seams.audience.concernedBy(state)))
        if (covers(session.scope, session.viewer, state, verdicts)) session.tellChanged(state.job_id, frame);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#telling;
  }
}

/** The job's last event stands for the job as it is. */
function stateOf({ job, grants }: StoredJob): JudgedEvent {
  const readers = grants.filter(({ can_read }) => can_read).map(({ username }) => username);
  return { job_id: job.id, seq: job.seq, owner: job.owner, readers, visible: job.visible };
}
