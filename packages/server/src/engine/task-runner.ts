import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import {
  Logger,
  type Runner,
  type RunnerOptions,
  run,
  type Task,
  type TaskList,
  type WorkerEvents,
} from 'graphile-worker';
import { unlockWorkers } from '../database/queue.ts';
import type { EngineContext } from './context.ts';

/** Milliseconds between two tries while the database is away. */
const AGAIN_MS = 1_000;

/** Milliseconds in which a late request of an ended pool has certainly been answered or given up by the database. */
const LATE_LOCK_MS = 9_000;

/** What a pool of workers is made of. */
export type TaskRunnerOptions = Pick<RunnerOptions, 'pgPool' | 'concurrency' | 'pollInterval' | 'preset'> & {
  readonly taskList: TaskList;
};

/** One pool of the library. */
interface WorkerPool {
  readonly id: string;
  readonly runner: Runner;
  /** Tasks it has begun and not ended. */
  readonly inHand: ReadonlySet<Promise<unknown>>;
}

/**
 * Keeps one pool of queue workers running. The library ends a pool for good as soon as it cannot store the outcome
 * of a single task, which any lost connection may cause; another pool then takes its place at once. So it does when
 * the answer to a request for a task was lost: the queue may have locked one for the pool that the pool never got.
 * The old pool ends the tasks it has in hand, and is then only waited for by these: its own end may never come.
 */
export class TaskRunner implements AsyncDisposable {
  readonly #context: EngineContext;
  readonly #options: TaskRunnerOptions;
  /** The working pool, and ended ones of which the queue may still hold locks. */
  readonly #pools = new Map<string, WorkerPool>();
  readonly #stop = new AbortController();
  #current: WorkerPool | null = null;
  #replacing: Promise<void> = Promise.resolve();

  private constructor(context: EngineContext, options: TaskRunnerOptions) {
    this.#context = context;
    this.#options = options;
  }

  /** Rejects when the first pool cannot be started. */
  static async start(context: EngineContext, options: TaskRunnerOptions): Promise<TaskRunner> {
    const runner = new TaskRunner(context, options);
    await runner.#startPool();
    return runner;
  }

  /** Ids under which the queue has locked tasks for this process. */
  poolIds(): readonly string[] {
    return [...this.#pools.keys()];
  }

  async #startPool(): Promise<void> {
    const events = new EventEmitter() as WorkerEvents;
    const inHand = new Set<Promise<unknown>>();
    let id = '';
    events.on('pool:create', ({ workerPool }) => {
      id = workerPool.id;
    });
    // Refused when it is ending already.
    events.on(
      'worker:getJob:error',
      () =>
        void this.#pools
          .get(id)
          ?.runner.stop()
          .catch(() => undefined),
    );
    events.on('pool:gracefulShutdown', () => {
      if (!this.#stop.signal.aborted) this.#replacing = this.#replace(id);
    });
    const runner = await run({
      ...this.#options,
      taskList: trackTasks(this.#options.taskList, inHand),
      events,
      noHandleSignals: true,
      logger: this.#logger(),
    });
    this.#current = { id, runner, inHand };
    this.#pools.set(id, this.#current);
  }

  async #replace(endedId: string): Promise<void> {
    this.#context.log.warn('queue.workers-replaced');
    void this.#giveBack(endedId);
    await this.#insist('queue.start', () => this.#startPool());
  }

  /** What an ended pool could not report would stay locked for hours. */
  async #giveBack(id: string): Promise<void> {
    const inHand = this.#pools.get(id)?.inHand ?? new Set<Promise<unknown>>();
    await Promise.allSettled(inHand);
    await this.#insist('queue.unlock', () => unlockWorkers(this.#context.db, [id]));
    // A request for a task that was under way when the pool ended may lock one after this.
    await delay(LATE_LOCK_MS, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    await this.#insist('queue.unlock', () => unlockWorkers(this.#context.db, [id]));
    this.#pools.delete(id);
  }

  /** Repeats what needs the database until it is done or the process stops. */
  async #insist(name: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        return await work();
      } catch (error) {
        this.#context.log.warn({ err: error }, name);
        await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined); // Stopping cuts the wait short.
      }
    }
  }

  /** The queue's own chatter is debug output; what it calls an error is one of ours, logged already. */
  #logger(): Logger {
    const { log } = this.#context;
    return new Logger(() => (level, message) => {
      if (level === 'error') log.error({ queue: message }, 'queue.error');
      else log.debug({ queue: message }, 'queue');
    });
  }

  /** Ends once the tasks in hand have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#replacing;
    // The database may be away: what cannot be given back now is given back by whoever finds this process gone.
    await this.#current?.runner.stop().catch(() => undefined);
    await Promise.allSettled([...this.#pools.values()].flatMap(({ inHand }) => [...inHand]));
  }
}

/** The same tasks; those that run are in `inHand`. */
function trackTasks(tasks: TaskList, inHand: Set<Promise<unknown>>): TaskList {
  const track =
    (task: Task): Task =>
    (payload, helpers) => {
      const running = Promise.resolve(task(payload, helpers)).finally(() => inHand.delete(running));
      inHand.add(running);
      return running;
    };
  return Object.fromEntries(
    Object.entries(tasks).flatMap(([name, task]) => (task === undefined ? [] : [[name, track(task)]])),
  );
}
