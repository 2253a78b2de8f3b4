import type { StorageRequest, SystemRequest } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findSystem } from '../database/systems.ts';
import type { JobRow, SystemRow } from '../database/tables.ts';
import { JobFault } from '../domain/failure.ts';
import { joinPath, resolveSystemPath } from '../domain/paths.ts';
import { jobsDirectory, spoolDirectory, tryTag } from '../domain/places.ts';
import type { Executor } from '../execution/executor.ts';
import type { Tracked } from '../execution/scheduler.ts';
import type { Storage } from '../storage/storage.ts';

/** What an execution system was registered with. */
export type ExecutionSystemDefinition = Extract<SystemRequest, { readonly type: 'EXECUTION' }>;

/** A storage with the path rule of its system. */
export interface Place {
  readonly systemId: string;
  readonly storage: Storage;
  /** A path as users write it, made relative to the storage's root. Throws {@link JobFault} for an impossible one. */
  resolve(path: string): string;
}

/** An execution system ready for use. */
export interface Target extends Place {
  readonly definition: ExecutionSystemDefinition;
  readonly executor: Executor;
  /** Root-relative directory below which the system's jobs work. */
  readonly jobsRoot: string;
  /** Absolute directory on the host that collects exit markers. */
  readonly spool: string;
}

/** A system that cannot be used now, and why. */
export interface Unusable {
  readonly reason: string;
}

/** An executor with what ends its connections. */
export interface OpenExecutor {
  readonly executor: Executor;
  close(): Promise<void>;
}

/** How adapters are made: compose decides, so that tests can put others in their place. */
export interface AdapterFactories {
  readonly openExecutor: (definition: ExecutionSystemDefinition) => OpenExecutor;
  readonly openStorage: (definition: StorageRequest) => Storage;
}

/**
 * Milliseconds for which a system is taken to be as it was read: a thousand jobs of one system would else read
 * it thousands of times. A system that was disabled takes no more jobs after this time.
 */
const READ_AGAIN_MS = 500;

/** Opens systems and keeps them open while their revision is the current one. */
export class Targets implements AsyncDisposable {
  readonly #db: Db;
  readonly #factories: AdapterFactories;
  readonly #onEnded: (systemId: string) => void;
  readonly #open = new Map<
    string,
    { readonly revision: number; readonly target: Target; stopWatching(): void; close(): Promise<void> }
  >();
  readonly #read = new Map<string, { readonly at: number; readonly system: Promise<SystemRow | null> }>();
  readonly #places = new Map<string, { readonly revision: number; readonly place: Place }>();

  constructor(deps: {
    readonly db: Db;
    readonly factories: AdapterFactories;
    /** Called when a program on the system may have ended; a hint. */
    readonly onEnded: (systemId: string) => void;
  }) {
    this.#db = deps.db;
    this.#factories = deps.factories;
    this.#onEnded = deps.onEnded;
  }

  /** The execution system, or why no job can be started on it now. */
  async findUsable(systemId: string): Promise<Target | Unusable> {
    const system = await this.#find(systemId);
    const reason = unusableReason(systemId, system);
    return system === null || reason !== null ? { reason: reason ?? '' } : this.#target(system);
  }

  /** The execution system of jobs that are on it already, also when it has been disabled or deleted since. */
  async get(systemId: string): Promise<Target> {
    const system = await this.#find(systemId);
    if (!system) throw new JobFault(`execution system ${systemId} does not exist`);
    return this.#target(system);
  }

  /** The files of a system. Throws {@link JobFault} when it is gone or not available. */
  async getPlace(systemId: string): Promise<Place> {
    const system = await this.#find(systemId);
    const reason = unusableReason(systemId, system);
    if (system === null || reason !== null) throw new JobFault(reason ?? '');
    const known = this.#places.get(system.uuid);
    if (known?.revision === system.revision) return known.place;
    const place = this.#openPlace(system);
    this.#places.set(system.uuid, { revision: system.revision, place });
    return place;
  }

  #find(systemId: string): Promise<SystemRow | null> {
    const known = this.#read.get(systemId);
    if (known && performance.now() - known.at < READ_AGAIN_MS) return known.system;
    const system = findSystem(this.#db, systemId);
    this.#read.set(systemId, { at: performance.now(), system });
    // A failed read must not be remembered.
    system.catch(() => this.#read.delete(systemId));
    return system;
  }

  /** The definition of an execution system that this process has open. */
  findDefinition(systemId: string): ExecutionSystemDefinition | null {
    return this.opened().find((target) => target.systemId === systemId)?.definition ?? null;
  }

  /** The execution systems this process has open. */
  opened(): readonly Target[] {
    return [...this.#open.values()].map(({ target }) => target);
  }

  #target(system: SystemRow): Target {
    const known = this.#open.get(system.uuid);
    if (known?.revision === system.revision) return known.target;
    // Tasks still at work with the old revision keep its shell; it only stops hinting.
    known?.stopWatching();
    const opened = this.#factories.openExecutor(system.definition as unknown as ExecutionSystemDefinition);
    const target = this.#openTarget(system, opened.executor);
    const controller = new AbortController();
    this.#watch(target, controller.signal);
    this.#open.set(system.uuid, {
      revision: system.revision,
      target,
      stopWatching: () => controller.abort(),
      close: () => opened.close(),
    });
    return target;
  }

  #openPlace(system: SystemRow): Place {
    const definition = system.definition as unknown as Pick<SystemRequest, 'storage'>;
    const storage = this.#factories.openStorage(definition.storage);
    return {
      systemId: system.id,
      storage,
      resolve: (path) => {
        const resolved = resolveSystemPath(definition.storage, path);
        if (!resolved.ok)
          throw new JobFault(`path ${JSON.stringify(path)} on ${system.id}: ${resolved.reason}`);
        return resolved.path;
      },
    };
  }

  #openTarget(system: SystemRow, executor: Executor): Target {
    const definition = system.definition as unknown as ExecutionSystemDefinition;
    const place = this.#openPlace(system);
    const root = jobsDirectory({
      homeDir: definition.storage.homeDir,
      scratchDir: definition.scratchDir,
      workDir: definition.workDir,
    });
    if (!root.ok) throw new JobFault(`directories of system ${system.id}: ${root.reason}`);
    return {
      ...place,
      definition,
      executor,
      jobsRoot: root.path,
      spool: place.storage.hostPath(spoolDirectory(root.path)),
    };
  }

  #watch(target: Target, signal: AbortSignal): void {
    // A watch that cannot be set up only delays: the monitor looks at every program anyway.
    target.executor
      .watchEnded(target.spool, () => this.#onEnded(target.systemId), signal)
      .catch(() => this.#onEnded(target.systemId));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const open of this.#open.values()) {
      open.stopWatching();
      await open.close();
      await open.target.storage.close();
    }
    for (const { place } of this.#places.values()) await place.storage.close();
    this.#open.clear();
    this.#places.clear();
  }
}

function unusableReason(systemId: string, system: SystemRow | null): string | null {
  if (!system || system.deleted_at) return `system ${systemId} does not exist any more`;
  if (!system.available) return `system ${systemId} is disabled`;
  const { status } = system.definition as unknown as Pick<SystemRequest, 'status'>;
  return status === 'UP' ? null : `system ${systemId} is ${status}`;
}

/** Whether {@link Targets.findUsable} found a reason to wait. */
export function isUnusable(found: Target | Unusable): found is Unusable {
  return 'reason' in found;
}

/** The job's work directory, relative to the storage's root. Throws when it has none yet. */
export function workDirectoryOf(job: JobRow): string {
  if (job.work_path === null) throw new Error(`job ${job.id} has no work directory yet`);
  return job.work_path;
}

/** The job's current try as the execution adapters know it. */
export function trackedOf(target: Target, job: JobRow): Tracked {
  return {
    tag: tryTag(job.id, job.try_number),
    tryNumber: job.try_number,
    workDirectory: target.storage.hostPath(workDirectoryOf(job)),
    spoolDirectory: target.spool,
    localId: job.local_id,
  };
}

/** The root-relative work directory a job gets on a target. */
export function newWorkDirectory(target: Target, subdirectory: string): string {
  return joinPath(target.jobsRoot, subdirectory);
}
