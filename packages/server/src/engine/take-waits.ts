import type { WatchedJob } from '../database/looks.ts';
import { type ChangedWait, measureWaits, storeWaits, tellWait } from '../database/waits.ts';
import { judgeWait, type WaitChange } from '../domain/waiting-change.ts';
import type { Observation } from '../execution/scheduler.ts';
import { type EngineContext, SERVICE } from './context.ts';
import type { Target } from './targets.ts';

/** A job and what was seen of it. */
interface Seen {
  readonly job: WatchedJob;
  readonly observation: Observation | null;
}

/**
 * Takes in why jobs wait: what is different is stored for all of them together, a reason of another kind goes into the
 * history and to subscribers; and how long the last jobs waited in the same queues.
 */
export async function takeWaits(
  context: EngineContext,
  target: Target,
  seen: readonly Seen[],
): Promise<void> {
  const nowMs = context.now().getTime();
  const waits = seen.flatMap(({ job, observation }) => {
    const waiting = observation?.state === 'queued' ? observation.waiting : undefined;
    if (job.status !== 'QUEUED' || waiting === undefined) return [];
    const known = { reason: job.waiting_reason, estimatedStart: job.estimated_start };
    return [{ job, change: judgeWait(known, waiting, nowMs) }];
  });
  if (waits.length === 0) return;
  const queues = new Set(waits.map(({ job }) => job.batch_queue ?? ''));
  await measureWaits(context.db, target.systemId, [...queues]);
  await storeWaits(
    context.db,
    waits.flatMap(({ job, change }) => stored(job, change)),
  );
  for (const { job, change } of waits) await tell(context, job, change);
}

function stored({ id, owner }: WatchedJob, change: WaitChange): readonly ChangedWait[] {
  return change.kind === 'store' ? [{ id, owner, ...change.wait }] : [];
}

async function tell(context: EngineContext, job: WatchedJob, change: WaitChange): Promise<void> {
  if (change.kind !== 'tell' || job.stop_requested !== null) return;
  await tellWait(
    context.db,
    { id: job.id, formerReason: job.waiting_reason },
    {
      ...change.wait,
      event: {
        id: context.newId('jobEvent'),
        name: 'UPDATED',
        status: 'QUEUED',
        description: change.description,
        inHistory: true,
        transferId: null,
        createdBy: SERVICE,
      },
    },
  );
}
