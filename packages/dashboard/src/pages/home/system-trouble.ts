import type { SystemSummary } from '@arras/contract';

/** A system that takes no jobs, or does not answer. */
export interface SystemTrouble {
  readonly id: string;
  readonly why: string;
}

type Row = Pick<SystemSummary, 'id' | 'status' | 'available' | 'health'>;

/** The systems of a list that are in trouble, with the reason. */
export function findTrouble(systems: readonly Row[]): readonly SystemTrouble[] {
  return systems.flatMap(({ id, status, available, health }) => {
    if (!available) return [{ id, why: 'is switched off: it takes no jobs' }];
    const isAway = health?.status === 'down' || health?.status === 'degraded';
    if (status === 'UP' && isAway) return [{ id, why: whyAway(health) }];
    // Nobody has looked at an unknown one yet.
    return status === 'UP' || status === 'UNKNOWN'
      ? []
      : [{ id, why: `is ${status}: jobs on it keep their last known status` }];
  });
}

function whyAway({ status, parts }: NonNullable<Row['health']>): string {
  const reason = parts.find((part) => part.status === status)?.reason ?? '';
  const what = status === 'down' ? 'does not answer' : 'did not answer when it was used last';
  return reason === '' ? what : `${what}: ${reason}`;
}
