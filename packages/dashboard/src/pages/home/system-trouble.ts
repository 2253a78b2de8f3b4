import type { SystemSummary } from '@arras/contract';

/** A system that takes no jobs, or does not answer. */
export interface SystemTrouble {
  readonly id: string;
  readonly why: string;
}

type Row = Pick<SystemSummary, 'id' | 'status' | 'available'>;

/** The systems of a list that are in trouble, with the reason. */
export function findTrouble(systems: readonly Row[]): readonly SystemTrouble[] {
  return systems.flatMap(({ id, status, available }) => {
    if (!available) return [{ id, why: 'is switched off: it takes no jobs' }];
    // Nobody has looked at an unknown one yet.
    return status === 'UP' || status === 'UNKNOWN'
      ? []
      : [{ id, why: `is ${status}: jobs on it keep their last known status` }];
  });
}
