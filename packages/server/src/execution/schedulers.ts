import { fork } from './fork.ts';
import type { Scheduler } from './scheduler.ts';

/** Every scheduler that this version can use, by the names systems are registered with. */
const SCHEDULERS: ReadonlyMap<string, Scheduler> = new Map([[fork.name, fork]]);

/** The names of the schedulers that can be used. */
export const SCHEDULER_NAMES: readonly string[] = [...SCHEDULERS.keys()];

/** The scheduler of this name; null when this version has none. */
export function findScheduler(name: string): Scheduler | null {
  return SCHEDULERS.get(name) ?? null;
}
