import { HISTORY_TEXTS } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import { describeFailure } from '../domain/verdict.ts';
import type { Move } from '../events/transition.ts';
import { archiveOutput } from './archive-output.ts';
import { type EngineContext, SERVICE } from './context.ts';
import {
  type AttemptVerdict,
  countAttempt,
  judgeFailedAttempt,
  TooManyInterruptions,
} from './data-attempt.ts';
import { JobMoves, tellThen } from './job-moves.ts';
import type { JobTask } from './job-task.ts';
import type { Lease } from './lease-keeper.ts';
import { waitForSlot } from './wait-for-slot.ts';
import { waitForSystem } from './wait-for-system.ts';
import { whyAway } from './why-away.ts';

/** Copies a job's output to its archive: CLEANING_UP to the end. The work directory goes only afterwards. */
export const archive: JobTask = {
  statuses: ['CLEANING_UP', 'ARCHIVING', 'ARCHIVING_FINISHED', 'ARCHIVING_FAILED'],
  async run(context, lease) {
    const unreachable = await whyUnreachable(context, lease.job);
    if (unreachable !== null) return waitForSystem(context, lease.job, unreachable);
    if (await waitForSlot(context, lease.job, systemsOf(lease.job), 'archive')) return;
    const begun = await begin(context, lease.job);
    if (!begun) return;
    const held = { ...lease, job: begun.job };
    try {
      if (begun.tooOften) throw new TooManyInterruptions();
      const moves = new JobMoves(context, held);
      const told = await archiveOutput(context, { moves, signal: lease.signal });
      await finish(moves, told);
    } catch (error) {
      await retryOrFinish(context, held, error);
    }
  },
};

function systemsOf({ execution_system, archive_system }: JobRow): readonly string[] {
  return archive_system === null ? [execution_system] : [execution_system, archive_system];
}

/** Between two hosts, either may be away. */
async function whyUnreachable(context: EngineContext, job: JobRow): Promise<string | null> {
  const target = await context.targets.get(job.execution_system);
  const reason = await target.whyUnreachable();
  if (reason !== null) return `system ${target.systemId} cannot be reached: ${reason}`;
  return job.archive_system === null ? null : whyAway(context, [job.archive_system]);
}

async function begin(
  context: EngineContext,
  job: JobRow,
): Promise<{ readonly job: JobRow; readonly tooOften: boolean } | null> {
  const isInterrupted = job.status === 'ARCHIVING' && job.archiving_attempts > 0;
  const { attempt, patch, tooOften } = countAttempt(job, 'archiving_attempts', isInterrupted);
  const archiving: Move = { to: 'ARCHIVING', description: `Attempt ${attempt} to archive job output` };
  const begun = await context.transition({
    job,
    moves: isInterrupted ? [archiving] : [{ to: 'ARCHIVING' }, archiving],
    patch,
    by: SERVICE,
    lease: 'keep',
  });
  return begun && { job: begun, tooOften };
}

/** A program that failed stays a failure, although its output was archived on request. */
async function finish(moves: JobMoves, told: readonly Move[]): Promise<void> {
  await moves.move((job) => {
    const end: Move =
      job.exit_code === 0
        ? { to: 'FINISHED', description: HISTORY_TEXTS.finished }
        : { to: 'FAILED', description: describeEnd(job) };
    return {
      moves: tellThen(told, { to: 'ARCHIVING_FINISHED' }, end),
      patch: { interruptions: 0, data_waits: 0 },
      tasks: [{ task: 'tidy', subject: job.id }],
    };
  });
}

function describeEnd({ exit_code, end_cause }: JobRow): string {
  return exit_code === null
    ? describeFailure({ kind: 'lost', reason: 'it ended without an exit status', cause: end_cause })
    : describeFailure({ kind: 'exited', exitCode: exit_code, cause: end_cause });
}

async function retryOrFinish(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  const failed = await judgeFailedAttempt(context, lease, 'archiving_attempts', error);
  if (!failed) return;
  const { job, verdict } = failed;
  if (verdict.kind === 'give-up') return finishWithoutArchive(context, job, verdict);
  const description =
    verdict.kind === 'wait'
      ? `Waiting: ${verdict.reason}.`
      : `Attempt ${job.archiving_attempts} to archive job output failed: ${verdict.reason}`;
  await context.transition({
    job,
    moves: [{ to: 'CLEANING_UP', description }],
    patch: verdict.patch,
    by: SERVICE,
    delayMs: verdict.delayMs,
  });
}

/** The job itself has ended well or badly; only its archive is missing, so the work directory stays (P11). */
async function finishWithoutArchive(
  context: EngineContext,
  job: JobRow,
  { reason, patch }: AttemptVerdict,
): Promise<void> {
  const kept = 'its output was not archived and stays in the work directory';
  const end: Move =
    job.exit_code === 0
      ? { to: 'FINISHED', description: `Job completed, but ${kept}: ${reason}` }
      : { to: 'FAILED', description: `${describeEnd(job)} Also, ${kept}.` };
  await context.transition({
    job,
    moves: [{ to: 'ARCHIVING_FAILED', description: `Job archiving failed: ${reason}` }, end],
    patch,
    by: SERVICE,
  });
}
