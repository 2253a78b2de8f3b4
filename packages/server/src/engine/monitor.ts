import { listMonitoredJobs, recordStatusCheck } from '../database/jobs.ts';
import { recordSystemAnswer, recordSystemSilence } from '../database/system-checks.ts';
import type { JobRow } from '../database/tables.ts';
import { type Observation, UnreadableAnswer } from '../execution/scheduler.ts';
import { ShellUnreachable } from '../execution/shell.ts';
import type { EngineContext } from './context.ts';
import { applyObservation } from './observe.ts';
import { type Target, trackedOf } from './targets.ts';

/** Jobs looked at together: as many as the executor asks about in one command. */
const BATCH = 10_000;

/** Looks at all programs of one system with one command per batch: the safety net under the spool. */
export async function monitor(context: EngineContext, systemId: string): Promise<void> {
  const jobs = await listMonitoredJobs(context.db, systemId);
  if (jobs.length === 0) return;
  const target = await context.targets.get(systemId);
  for (let start = 0; start < jobs.length; start += BATCH) {
    await lookAt(context, target, jobs.slice(start, start + BATCH));
  }
}

async function lookAt(context: EngineContext, target: Target, jobs: readonly JobRow[]): Promise<void> {
  const lookAfterMs = context.times.monitorEveryMs;
  try {
    const observed = await target.executor.observe(jobs.map((job) => trackedOf(target, job)));
    const staying: JobRow[] = [];
    const settled: string[] = [];
    for (const job of jobs) {
      const { tag } = trackedOf(target, job);
      const observation = observed.get(tag);
      const applied = observation ? await applyObservation(context, target, job, observation) : 'unchanged';
      if (applied === 'moved' && observation && isEnd(observation)) settled.push(tag);
      else staying.push(job);
    }
    await target.executor.acknowledge(target.spool, settled);
    await recordStatusCheck(
      context.db,
      staying.map((job) => job.id),
      { ok: true, lookAfterMs },
    );
    await recordSystemAnswer(context.db, target.systemId);
  } catch (error) {
    if (!(error instanceof ShellUnreachable || error instanceof UnreadableAnswer)) throw error;
    // An error tells nothing about the jobs: only the check is counted (R7).
    context.log.warn({ systemId: target.systemId, jobs: jobs.length, err: error }, 'monitor.unanswered');
    await recordStatusCheck(
      context.db,
      jobs.map((job) => job.id),
      { ok: false, lookAfterMs },
    );
    await recordSystemSilence(
      context.db,
      target.systemId,
      `${target.systemId} does not answer: ${error.message}`,
    );
  }
}

/** Observations after which a try's records on the target are history. */
function isEnd({ state }: Observation): boolean {
  return state === 'ended' || state === 'lost' || state === 'fenced';
}
