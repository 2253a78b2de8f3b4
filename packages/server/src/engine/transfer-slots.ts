import type { FileTransferId, JobId } from '@arras/contract';
import type { QueuedTask } from '../domain/tasks.ts';

/** Who wants to move data between which systems. */
export interface SlotRequest {
  /** The job that the data is of, or the import. */
  readonly jobId: JobId | FileTransferId;
  /** Ids of the systems at both ends; one that is both counts once. */
  readonly systems: readonly string[];
}

interface Waiter extends SlotRequest {
  readonly serve: () => void;
}

/**
 * Limits how many transfers this process has with one system at a time, so that a hundred jobs do not share the line, and
 * the patience, of one host. A job that has none yet comes before one that wants more. A job waits in one of two ways:
 * *parked*, when it has nothing to do yet and gives its worker to others until a bell calls it back; or *waiting*, with
 * the next of several inputs.
 */
export class TransferSlots {
  readonly limit: number;
  readonly #ring: (task: QueuedTask) => void;
  readonly #active: SlotRequest[] = [];
  readonly #waiting: Waiter[] = [];
  /** In the order in which they came. */
  readonly #parked = new Map<SlotRequest['jobId'], SlotRequest & { readonly task: QueuedTask }>();

  constructor(options: { readonly limit: number; readonly ring: (task: QueuedTask) => void }) {
    this.limit = options.limit;
    this.#ring = options.ring;
  }

  /** The system that cannot take this transfer now; null when both ends can. */
  findFull(systems: readonly string[]): string | null {
    return systems.find((system) => this.#count(system) >= this.limit) ?? null;
  }

  /** Rings `task` when a place may have become free; a hint that may be lost. */
  park(request: SlotRequest, task: QueuedTask): void {
    this.#parked.set(request.jobId, { ...request, task });
  }

  /** Resolves once there is a place, with what gives it back; rejects when the signal aborts. */
  async acquire(request: SlotRequest, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    this.#parked.delete(request.jobId);
    if (this.findFull(request.systems) === null) return this.#take(request);
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const waiter: Waiter = { ...request, serve: () => resolve(this.#take(request)) };
    const giveUp = (): void => {
      remove(this.#waiting, waiter);
      reject(signal.reason as Error);
    };
    this.#waiting.push(waiter);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #take({ jobId, systems }: SlotRequest): () => void {
    const taken: SlotRequest = { jobId, systems };
    this.#active.push(taken);
    return () => {
      if (remove(this.#active, taken)) this.#serve();
    };
  }

  #count(system: string): number {
    return this.#active.filter(({ systems }) => systems.includes(system)).length;
  }

  #has(jobId: SlotRequest['jobId']): boolean {
    return this.#active.some((taken) => taken.jobId === jobId);
  }

  /** A place is free: for the next input of a job that has none, else for a parked job, else for whoever wants more. */
  #serve(): void {
    const fits = ({ systems }: SlotRequest): boolean => this.findFull(systems) === null;
    const idle = this.#waiting.find((waiter) => fits(waiter) && !this.#has(waiter.jobId));
    const parked = idle ? undefined : [...this.#parked.values()].find(fits);
    if (parked) {
      this.#parked.delete(parked.jobId);
      this.#ring(parked.task);
      return;
    }
    const next = idle ?? this.#waiting.find(fits);
    if (!next) return;
    remove(this.#waiting, next);
    next.serve();
    this.#serve();
  }
}

function remove<Item>(items: Item[], item: Item): boolean {
  const index = items.indexOf(item);
  if (index === -1) return false;
  items.splice(index, 1);
  return true;
}
