import { listMonitoredJobs, recordStatusCheck } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { UnreadableAnswer } from '../execution/scheduler.ts';
import { ShellUnreachable } from '../execution/shell.ts';
import type { EngineContext } from './context.ts';
import { applyObservation } from './observe.ts';
import { type Target, trackedOf } from './targets.ts';

/** Tries asked about in one command: keeps it well below the kernel's limit on argument lists. */
const BATCH = 500;

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
    for (const job of jobs) {
      const observation = observed.get(trackedOf(target, job).tag);
      const applied = observation ? await applyObservation(context, target, job, observation) : 'unchanged';
      if (applied !== 'moved') staying.push(job);
    }
    await recordStatusCheck(
      context.db,
      staying.map((job) => job.id),
      { ok: true, lookAfterMs },
    );
  } catch (error) {
    if (!(error instanceof ShellUnreachable || error instanceof UnreadableAnswer)) throw error;
    // An error tells nothing about the jobs: only the check is counted (R7).
    context.log.warn({ systemId: target.systemId, jobs: jobs.length, err: error }, 'monitor.unanswered');
    await recordStatusCheck(
      context.db,
      jobs.map((job) => job.id),
      { ok: false, lookAfterMs },
    );
  }
}
