import type { SystemRequest } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import { findSystem } from '../database/systems.ts';
import type { JobRow, SystemRow } from '../database/tables.ts';
import { canonicalJson } from '../domain/canonical-json.ts';
import { JobFault } from '../domain/failure.ts';
import { joinPath, resolveSystemPath } from '../domain/paths.ts';
import { jobsDirectory, spoolDirectory, tryTag } from '../domain/places.ts';
import type { Executor } from '../execution/executor.ts';
import type { Tracked } from '../execution/scheduler.ts';
import type { Inbox } from '../execution/shell.ts';
import type { Storage } from '../storage/storage.ts';

/** What an execution system was registered with. */
export type ExecutionSystemDefinition = Extract<SystemRequest, { readonly type: 'EXECUTION' }>;

/** A storage with the path rule of its system. */
export interface Place {
  readonly systemId: string;
  readonly storage: Storage;
  /** The same for two systems that show the same files of one account, so that their storages can stand in for each other. */
  readonly filesKey: string;
  /** A path as users write it, made relative to the storage's root. Throws {@link JobFault} for an impossible one. */
  resolve(path: string): string;
  /** Why the host of the files cannot be reached now, found out by entering it; null when it can. */
  whyUnreachable(): Promise<string | null>;
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

/** Something opened on a host. */
export interface Opened {
  /** As {@link Place.whyUnreachable}. */
  whyUnreachable(): Promise<string | null>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** An executor with what ends its connections. */
export interface OpenExecutor extends Opened {
  readonly executor: Executor;
}

/** A storage with what ends its connections. */
export interface OpenStorage extends Opened {
  readonly storage: Storage;
}

/** How adapters are made: compose decides, so that tests can put others in their place. */
export interface AdapterFactories {
  readonly openExecutor: (system: SystemRow) => Promise<OpenExecutor>;
  readonly openStorage: (system: SystemRow) => Promise<OpenStorage>;
  readonly urls: UrlFiles;
}

/** Files at addresses outside, on no registered system, that anybody may read. */
export interface UrlFiles {
  /** Why an address can never be read, as far as its text tells; null when it can. */
  whyNot(url: string): string | null;
  /** A storage that has this one file, whatever its path is called. It holds nothing open once it has been read. */
  open(url: string): Storage;
}

/**
 * Milliseconds for which a system is taken to be as it was read: a thousand jobs of one system would else read
 * it thousands of times. A system that was disabled takes no more jobs after this time.
 */
const READ_AGAIN_MS = 500;

/** Something of one revision of a system, opened or being opened. */
interface Kept<Value> {
  readonly revision: number;
  readonly value: Promise<Value>;
  /** Set once it is open. */
  opened: Value | null;
}

interface OpenTarget {
  readonly target: Target;
  stopWatching(): void;
  close(): Promise<void>;
}

interface OpenPlace {
  readonly place: Place;
  close(): Promise<void>;
}

/** Takes a file with the name of a message from the spool of a system; see `Inbox`. */
export type TakeMessage = (systemId: string, ...file: Parameters<Inbox['take']>) => ReturnType<Inbox['take']>;

/** Opens systems and keeps them open while their revision is the current one. */
export class Targets implements AsyncDisposable {
  readonly #db: Db;
  readonly #factories: AdapterFactories;
  readonly #onEnded: (target: Target) => void;
  readonly #takeMessage: TakeMessage;
  readonly #targets = new Map<string, Kept<OpenTarget>>();
  readonly #places = new Map<string, Kept<OpenPlace>>();
  readonly #read = new Map<string, { readonly at: number; readonly system: Promise<SystemRow | null> }>();
  readonly #outdated: { close(): Promise<void> }[] = [];

  constructor(deps: {
    readonly db: Db;
    readonly factories: AdapterFactories;
    /** Called when a program on the system may have ended; a hint. */
    readonly onEnded: (target: Target) => void;
    /** Gets what tries on the system say. Default: it waits for a process that takes it. */
    readonly takeMessage?: TakeMessage;
  }) {
    this.#db = deps.db;
    this.#factories = deps.factories;
    this.#onEnded = deps.onEnded;
    this.#takeMessage = deps.takeMessage ?? (async () => 'later');
  }

  /** The execution system, or why no job can be started on it now. */
  async findUsable(systemId: string): Promise<Target | Unusable> {
    const system = await this.#find(systemId);
    const reason = unusableReason(systemId, system);
    if (system === null || reason !== null) return { reason: reason ?? '' };
    const target = await this.#target(system);
    const unreachable = await target.whyUnreachable();
    return unreachable === null ? target : { reason: `system ${systemId} cannot be reached: ${unreachable}` };
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
    const { place } = await this.#keep(this.#places, system, () => this.#openPlace(system));
    return place;
  }

  /** The file at an address outside. */
  openUrl(url: string): Place {
    return {
      systemId: new URL(url).hostname,
      storage: this.#factories.urls.open(url),
      filesKey: url,
      resolve: (path) => path,
      whyUnreachable: async () => null,
    };
  }

  /** As {@link UrlFiles.whyNot}. */
  whyNotUrl(url: string): string | null {
    return this.#factories.urls.whyNot(url);
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
    return [...this.#targets.values()].flatMap(({ opened }) => (opened === null ? [] : [opened.target]));
  }

  async #target(system: SystemRow): Promise<Target> {
    const { target } = await this.#keep(this.#targets, system, () => this.#openTarget(system));
    return target;
  }

  /** What is open of the current revision; another one is opened once, however many ask at the same time. */
  #keep<Value extends OpenTarget | OpenPlace>(
    kept: Map<string, Kept<Value>>,
    system: SystemRow,
    open: () => Promise<Value>,
  ): Promise<Value> {
    const known = kept.get(system.uuid);
    if (known?.revision === system.revision) return known.value;
    // Tasks still at work with the old revision keep its connections; it only stops hinting.
    if (known?.opened) {
      if ('stopWatching' in known.opened) known.opened.stopWatching();
      this.#outdated.push(known.opened);
    }
    const entry: Kept<Value> = { revision: system.revision, value: open(), opened: null };
    kept.set(system.uuid, entry);
    entry.value.then(
      (value) => {
        entry.opened = value;
      },
      () => {
        // A failure to open, such as a key that cannot be read, is tried again at the next use.
        if (kept.get(system.uuid) === entry) kept.delete(system.uuid);
      },
    );
    return entry.value;
  }

  async #openPlace(system: SystemRow): Promise<OpenPlace> {
    const definition = system.definition as unknown as Pick<SystemRequest, 'storage'>;
    const opened = await this.#factories.openStorage(system);
    const place: Place = {
      systemId: system.id,
      storage: opened.storage,
      filesKey: filesKeyOf(system.id, definition.storage),
      whyUnreachable: () => opened.whyUnreachable(),
      resolve: (path) => {
        const resolved = resolveSystemPath(definition.storage, path);
        if (!resolved.ok)
          throw new JobFault(`path ${JSON.stringify(path)} on ${system.id}: ${resolved.reason}`);
        return resolved.path;
      },
    };
    return { place, close: () => opened.close() };
  }

  async #openTarget(system: SystemRow): Promise<OpenTarget> {
    const definition = system.definition as unknown as ExecutionSystemDefinition;
    const root = jobsDirectory({
      homeDir: definition.storage.homeDir,
      scratchDir: definition.scratchDir,
      workDir: definition.workDir,
    });
    if (!root.ok) throw new JobFault(`directories of system ${system.id}: ${root.reason}`);
    const { place, close: closePlace } = await this.#openPlace(system);
    const opened = await this.#factories.openExecutor(system);
    const target: Target = {
      ...place,
      definition,
      executor: opened.executor,
      jobsRoot: root.path,
      spool: place.storage.hostPath(spoolDirectory(root.path)),
      whyUnreachable: async () => (await opened.whyUnreachable()) ?? (await place.whyUnreachable()),
    };
    const controller = new AbortController();
    this.#watch(target, controller.signal);
    return {
      target,
      stopWatching: () => controller.abort(),
      close: async () => {
        controller.abort();
        await opened.close();
        await closePlace();
      },
    };
  }

  /** Tells that a program on the system may have ended; where the hint is lost, the monitor finds the end. */
  hintEnded(target: Target): void {
    this.#onEnded(target);
  }

  #watch(target: Target, signal: AbortSignal): void {
    // A watch that cannot be set up only delays: the monitor looks at every program anyway.
    target.executor
      .watchEnded(
        target.spool,
        () => this.hintEnded(target),
        signal,
        (file) => this.#takeMessage(target.systemId, file),
      )
      .catch(() => this.hintEnded(target));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kept = [...this.#targets.values(), ...this.#places.values()];
    const opened = await Promise.all(kept.map(({ value }) => value.catch(() => null)));
    for (const each of [...opened, ...this.#outdated]) await each?.close();
    this.#targets.clear();
    this.#places.clear();
  }
}

/** Of other protocols too little is known of what an account may see. */
function filesKeyOf(systemId: string, storage: SystemRequest['storage']): string {
  if (storage.protocol !== 'LOCAL' && storage.protocol !== 'SFTP') return systemId;
  return canonicalJson({ ...storage, homeDir: '' });
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
export function workDirectoryOf(job: Pick<JobRow, 'id' | 'work_path'>): string {
  if (job.work_path === null) throw new Error(`job ${job.id} has no work directory yet`);
  return job.work_path;
}

/** The job's current try as the execution adapters know it. */
export function trackedOf(
  target: Target,
  job: Pick<JobRow, 'id' | 'try_number' | 'work_path' | 'local_id'>,
): Tracked {
  return {
    tag: tryTag(job.id, job.try_number),
    tryNumber: job.try_number,
    workDirectory: target.storage.hostPath(workDirectoryOf(job)),
    spoolDirectory: target.spool,
    localId: job.local_id,
  };
}

/** Whether something on the system knows more about an end than its exit code: a batch system does, a kernel does not. */
export function keepsAccounts({ definition }: Pick<Target, 'definition'>): boolean {
  return definition.scheduler !== 'FORK';
}

/** The root-relative work directory a job gets on a target. */
export function newWorkDirectory(target: Target, subdirectory: string): string {
  return joinPath(target.jobsRoot, subdirectory);
}
