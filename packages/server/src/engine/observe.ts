import { clearAbsence, type JobPatch, recordAbsence } from '../database/jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { causeToKeep, type Ending, isGivenUp, judgeEnd } from '../domain/verdict.ts';
import type { Observation, Usage } from '../execution/scheduler.ts';
import { awaitsCause } from './closing-jobs.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { ACCOUNT_FOR_MS } from './take-accounts.ts';
import { keepsAccounts, type Target, trackedOf } from './targets.ts';

/** Whether an observation changed the job: `raced` means that somebody else did, so look again. */
export type Applied = 'moved' | 'unchanged' | 'raced';

/** Turns what was seen of a job's program into the job's next status (R7: states only go forward). */
export async function applyObservation(
  context: EngineContext,
  target: Target,
  job: JobRow,
  observation: Observation,
): Promise<Applied> {
  switch (observation.state) {
    case 'ended':
      return applyExit(context, target, job, observation);
    case 'lost':
      // Only the claim settles whether a program that the scheduler says never began does not begin after all.
      if (observation.neverStarted && !(await isCalledOff(target, job))) return 'unchanged';
      return applyEnd(context, target, job, { kind: 'lost', ...observation });
    case 'fenced':
      return applyEnd(context, target, job, { kind: 'lost', reason: 'its start was called off' });
    case 'running':
      return job.status === 'RUNNING' ? present(context, job) : move(context, job, 'RUNNING');
    case 'paused':
      return job.status === 'PAUSED' ? present(context, job) : move(context, job, 'PAUSED');
    case 'queued':
    case 'starting':
      return present(context, job);
    case 'absent':
      return applyAbsence(context, target, job, observation.started);
  }
}

async function move(context: EngineContext, job: JobRow, to: 'RUNNING' | 'PAUSED'): Promise<Applied> {
  const moved = await context.transition({ job, moves: [{ to }], by: SERVICE, lease: 'keep' });
  return moved ? 'moved' : 'raced';
}

async function present(context: EngineContext, job: JobRow): Promise<Applied> {
  if (job.absent_count > 0) await clearAbsence(context.db, job);
  return 'unchanged';
}

async function applyExit(
  context: EngineContext,
  target: Target,
  job: JobRow,
  end: Extract<Observation, { readonly state: 'ended' }>,
): Promise<Applied> {
  const explainsItself = end.exitCode === 0 || job.stop_requested !== null;
  if (!explainsItself && awaitsCause(target.executor, trackedOf(target, job).tag, end)) return 'unchanged';
  return applyEnd(context, target, job, { kind: 'exited', ...end });
}

/** The end of a program and its verdict. */
export async function applyEnd(
  context: EngineContext,
  target: Target,
  job: JobRow,
  ending: Ending & { readonly usage?: Usage },
): Promise<Applied> {
  const moved = await context.transition({
    job,
    moves: judgeEnd(job, ending),
    patch: {
      ...(ending.kind === 'exited' && { exit_code: ending.exitCode }),
      end_cause: causeToKeep(job, ending),
      ...usageColumns(target, ending.usage),
    },
    by: SERVICE,
    // Whoever holds the job (a cancel under way, say) has nothing left to do with its program.
    lease: 'fence',
  });
  return moved ? 'moved' : 'raced';
}

/** Accounts that are not there yet are asked for at the next looks. */
function usageColumns(target: Target, usage: Usage | undefined): JobPatch {
  if (usage === undefined) return keepsAccounts(target) ? { accountForMs: ACCOUNT_FOR_MS } : {};
  return {
    used_seconds: usage.elapsedSeconds,
    used_cpu_seconds: usage.cpuSeconds,
    used_memory_bytes: usage.maxMemoryBytes,
  };
}

/**
 * Nothing is seen any more of a try that had been accepted: believed only after several good looks. `started` says why a
 * try that did start would be lost.
 */
async function applyAbsence(
  context: EngineContext,
  target: Target,
  job: JobRow,
  started: Extract<Observation, { readonly state: 'absent' }>['started'],
): Promise<Applied> {
  const absence = await recordAbsence(context.db, job);
  if (!absence) return 'raced';
  if (!isGivenUp(absence)) return 'unchanged';
  // The claim is taken first, so that a try that was only late can never start after the verdict.
  if (!started && !(await isCalledOff(target, job))) return 'unchanged';
  return applyEnd(context, target, job, {
    kind: 'lost',
    ...(started ?? { reason: 'it ended without an exit status' }),
  });
}

/** Takes the claim of a try that has not started; false when it has. */
async function isCalledOff(target: Target, job: JobRow): Promise<boolean> {
  return (await target.executor.fence(trackedOf(target, job))) === 'fenced';
}
