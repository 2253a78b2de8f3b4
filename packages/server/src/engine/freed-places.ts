import type { Logger } from 'pino';
import type { Db } from '../database/connection.ts';
import { queueTasks } from '../database/queue.ts';
import { listUntriedJobs } from '../database/quotas.ts';
import type { JobRow } from '../database/tables.ts';
import { isActive, isTerminal } from '../domain/lifecycle.ts';
import { hasQuotas } from '../domain/quotas.ts';
import type { Transition } from '../events/transition.ts';
import { quotasOf } from './system-quotas.ts';
import type { ExecutionSystemDefinition } from './targets.ts';

/** Waiting jobs rung for a freed place: more than one, because places that are freed together ring for the same. */
const RUNG_FOR_A_PLACE = 3;

/**
 * A transition after which the next waiting jobs of the system look at once whether a place has become free for
 * them, where quotas made them wait. A bell that is lost costs them their usual waiting time.
 */
export function ringForFreedPlaces(
  transition: Transition,
  deps: {
    readonly db: Db;
    readonly log: Logger;
    /** The system if this process knows it. */
    readonly findDefinition: (systemId: string) => ExecutionSystemDefinition | null;
  },
): Transition {
  return async (request) => {
    const moved = await transition(request);
    if (
      moved &&
      freesPlace(request.job, moved) &&
      isLimited(deps.findDefinition(moved.execution_system), moved)
    ) {
      await ring(deps.db, moved.execution_system).catch((error: unknown) =>
        deps.log.warn({ systemId: moved.execution_system, err: error }, 'hint.lost'),
      );
    }
    return moved;
  };
}

function freesPlace(before: JobRow, moved: JobRow): boolean {
  return isActive(before.status) && isTerminal(moved.status);
}

function isLimited(definition: ExecutionSystemDefinition | null, job: JobRow): boolean {
  return definition !== null && hasQuotas(quotasOf(definition, job));
}

async function ring(db: Db, systemId: string): Promise<void> {
  const waiting = await listUntriedJobs(db, systemId, RUNG_FOR_A_PLACE);
  await queueTasks(
    db,
    waiting.map((subject) => ({ task: 'submit', subject })),
  );
}
