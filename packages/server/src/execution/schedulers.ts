import { fork } from './fork.ts';
import { customLsf, lsf } from './lsf.ts';
import { customMoab, customPbs, customTorque, moab, pbs, torque } from './pbs.ts';
import type { Scheduler } from './scheduler.ts';
import { customSge, sge } from './sge.ts';
import { customSlurm, slurm } from './slurm.ts';

/** FORK, SLURM and SGE are tested on live systems, the others on samples of their output. */
const ALL: readonly Scheduler[] = [
  fork,
  slurm,
  customSlurm,
  sge,
  customSge,
  pbs,
  customPbs,
  torque,
  customTorque,
  moab,
  customMoab,
  lsf,
  customLsf,
];

/** Every scheduler that this version can use, by the names systems are registered with. */
const SCHEDULERS: ReadonlyMap<string, Scheduler> = new Map(ALL.map((one) => [one.name, one]));

/** The names of the schedulers that can be used. */
export const SCHEDULER_NAMES: readonly string[] = [...SCHEDULERS.keys()];

/** The scheduler of this name; null when this version has none. */
export function findScheduler(name: string): Scheduler | null {
  return SCHEDULERS.get(name) ?? null;
}
