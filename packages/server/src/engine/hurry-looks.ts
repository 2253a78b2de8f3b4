import type { Logger } from 'pino';
import type { Db } from '../database/connection.ts';
import { hurryLook } from '../database/looks.ts';
import { isMonitored } from '../domain/lifecycle.ts';
import type { Transition } from '../events/transition.ts';
import type { LookBell } from './look-bell.ts';

/**
 * A transition after which the job's system is looked at soon when its program came, left, or went on there. Of many
 * changes one in a while is told, so that a busy system costs no more than a quiet one. A word that is lost costs the
 * time until the sweep finds the system.
 */
export function hurryLooks(
  transition: Transition,
  deps: {
    readonly db: Db;
    readonly log: Logger;
    readonly bell: LookBell;
    /** The quick interval of looks. */
    readonly everyMs: number;
    readonly monotonicMs: () => number;
  },
): Transition {
  const hurriedAt = new Map<string, number>();
  return async (request) => {
    const moved = await transition(request);
    if (moved === null || !(isMonitored(request.job.status) || isMonitored(moved.status))) return moved;
    const systemId = moved.execution_system;
    const nowMs = deps.monotonicMs();
    const sinceMs = nowMs - (hurriedAt.get(systemId) ?? Number.NEGATIVE_INFINITY);
    // Half an interval: what happens after the last word is still seen by a quick look.
    if (sinceMs < deps.everyMs / 2) return moved;
    hurriedAt.set(systemId, nowMs);
    await hurry(deps, systemId).catch((error: unknown) => {
      hurriedAt.delete(systemId);
      deps.log.warn({ systemId, err: error }, 'hint.lost');
    });
    return moved;
  };
}

async function hurry(
  deps: { readonly db: Db; readonly bell: LookBell; readonly everyMs: number },
  systemId: string,
): Promise<void> {
  if (await hurryLook(deps.db, systemId, deps.everyMs)) deps.bell.ring(systemId, deps.everyMs);
}
