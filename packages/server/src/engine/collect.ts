import { jobIdSchema } from '@arras/contract';
import { findJobs } from '../database/jobs.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored, isTerminal } from '../domain/lifecycle.ts';
import { parseTryTag, tryTag } from '../domain/places.ts';
import type { EndedTry } from '../execution/executor.ts';
import type { EngineContext } from './context.ts';
import { applyObservation } from './observe.ts';
import type { Target } from './targets.ts';

/** Milliseconds after which markers are looked at again whose jobs were not ready for them. */
const AGAIN_MS = 200;

/** Reads a system's spool of exit markers and gives every ended program its verdict. */
export async function collect(context: EngineContext, systemId: string): Promise<void> {
  const target = await context.targets.get(systemId);
  const ended = await target.executor.ended(target.spool);
  if (ended.length === 0) return;
  const jobs = await findTaggedJobs(context, ended);
  const settled = await Promise.all(
    ended.map((marker) => settle(context, target, jobs.get(marker.tag), marker)),
  );
  const done = ended.filter((_, index) => settled[index]);
  await target.executor.acknowledge(
    target.spool,
    done.map(({ tag }) => tag),
  );
  if (done.length === ended.length) return;
  await queueTasks(context.db, [{ task: 'collect', subject: systemId, delayMs: AGAIN_MS }]);
}

/** Jobs by the tag of their current try. Markers of earlier tries and of unknown jobs find none. */
async function findTaggedJobs(
  context: EngineContext,
  ended: readonly EndedTry[],
): Promise<ReadonlyMap<string, JobRow>> {
  const ids = ended.flatMap(({ tag }) => {
    const id = jobIdSchema.safeParse(parseTryTag(tag)?.jobId);
    return id.success ? [id.data] : [];
  });
  const jobs = await findJobs(context.db, ids);
  return new Map(jobs.map((job) => [tryTag(job.id, job.try_number), job]));
}

/** True when the marker has served its purpose: nobody waits for it, or its job has its verdict. */
async function settle(
  context: EngineContext,
  target: Target,
  job: JobRow | undefined,
  marker: EndedTry,
): Promise<boolean> {
  if (!job) return true;
  if (!isMonitored(job.status)) return isTerminal(job.status) || job.remote_ended !== null;
  const observation = { state: 'ended', exitCode: marker.exitCode } as const;
  return (await applyObservation(context, target, job, observation)) === 'moved';
}
