import { jobIdSchema } from '@arras/contract';
import { findJobs } from '../database/jobs.ts';
import { queueTasks } from '../database/queue.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored, isTerminal } from '../domain/lifecycle.ts';
import { parseTryTag, tryTag } from '../domain/places.ts';
import type { EndedTry } from '../execution/executor.ts';
import { type Observation, UnreadableAnswer } from '../execution/scheduler.ts';
import { ShellUnreachable } from '../execution/shell.ts';
import type { EngineContext } from './context.ts';
import { hearLastWords } from './hear-last-words.ts';
import { applyObservation } from './observe.ts';
import { keepsAccounts, type Target, trackedOf } from './targets.ts';

/** Milliseconds after which markers are looked at again whose jobs were not ready for them. */
const AGAIN_MS = 200;
/** The same where the scheduler has to be asked again why a program failed. */
const ASK_AGAIN_MS = 600;

/** Reads a system's spool of exit markers and gives every ended program its verdict. */
export async function collect(context: EngineContext, systemId: string): Promise<void> {
  const target = await context.targets.get(systemId);
  const listed = await target.executor.ended(target.spool);
  if (listed.length === 0) return;
  const speaking = listed.filter(({ said }) => said === true).map(({ tag }) => tag);
  const waiting = await hearLastWords(context, target, speaking);
  const ended = listed.filter(({ tag }) => !waiting.has(tag));
  const jobs = await findTaggedJobs(context, ended);
  const explained = await explainFailures(context, target, ended, jobs);
  const settled = await Promise.all(
    ended.map((marker) =>
      settle(context, target, jobs.get(marker.tag), explained.get(marker.tag) ?? endOf(marker)),
    ),
  );
  const done = ended.filter((_, index) => settled[index]);
  await target.executor.acknowledge(
    target.spool,
    done.map(({ tag }) => tag),
  );
  if (done.length === listed.length) return;
  const delayMs = explained.size > 0 ? ASK_AGAIN_MS : AGAIN_MS;
  await queueTasks(context.db, [{ task: 'collect', subject: systemId, delayMs }]);
}

function endOf({ exitCode }: EndedTry): Observation {
  return { state: 'ended', exitCode };
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

/**
 * A marker holds an exit code; a batch system knows more, such as that memory or time ran out. All failures are asked
 * about in one command; where it is not answered, the code has to do.
 */
async function explainFailures(
  context: EngineContext,
  target: Target,
  ended: readonly EndedTry[],
  jobs: ReadonlyMap<string, JobRow>,
): Promise<ReadonlyMap<string, Observation>> {
  if (!keepsAccounts(target)) return new Map();
  const failed = ended.flatMap(({ tag, exitCode }) => {
    const job = jobs.get(tag);
    const isAsked = job && exitCode !== 0 && isMonitored(job.status) && job.stop_requested === null;
    return isAsked ? [trackedOf(target, job)] : [];
  });
  if (failed.length === 0) return new Map();
  try {
    return await target.executor.observe(failed);
  } catch (error) {
    if (!(error instanceof ShellUnreachable || error instanceof UnreadableAnswer)) throw error;
    context.log.warn({ systemId: target.systemId, jobs: failed.length, err: error }, 'collect.unexplained');
    return new Map();
  }
}

/** True when the marker has served its purpose: nobody waits for it, or its job has its verdict. */
async function settle(
  context: EngineContext,
  target: Target,
  job: JobRow | undefined,
  observation: Observation,
): Promise<boolean> {
  if (!job) return true;
  if (!isMonitored(job.status)) return isTerminal(job.status) || job.remote_ended !== null;
  return (await applyObservation(context, target, job, observation)) === 'moved';
}
