import type { JobRow } from '../database/tables.ts';
import { parseInputUri } from '../domain/input-uri.ts';
import { jobSubdirectory } from '../domain/places.ts';
import type { Move } from '../events/transition.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { countAttempt, judgeFailedAttempt, TooManyInterruptions } from './data-attempt.ts';
import { findInput } from './find-input.ts';
import { JobMoves, tellThen } from './job-moves.ts';
import type { JobTask } from './job-task.ts';
import type { Lease } from './lease-keeper.ts';
import { hasNoInputs, skipStaging } from './skip-staging.ts';
import { stageInputs } from './stage-inputs.ts';
import { isUnusable, newWorkDirectory, type Target } from './targets.ts';
import { waitForSlot } from './wait-for-slot.ts';
import { waitForSystem } from './wait-for-system.ts';
import { whyAway } from './why-away.ts';

/** Brings a job's inputs into its work directory: PENDING to STAGED. */
export const stage: JobTask = {
  statuses: ['PENDING', 'PROCESSING_INPUTS', 'STAGING_INPUTS'],
  async run(context, lease) {
    const target = await context.targets.findUsable(lease.job.execution_system);
    if (isUnusable(target)) return waitForSystem(context, lease.job, target.reason);
    const uris = Object.values(lease.job.inputs).flat();
    const sources = systemsOf(uris);
    const away = await whyAway(context, sources);
    if (away !== null) return waitForSystem(context, lease.job, away);
    const ends = uris.length === 0 ? [] : [target.systemId, ...sources.slice(0, 1)];
    if (await waitForSlot(context, lease.job, ends, 'stage')) return;
    const begun = await begin(context, lease.job, target);
    if (!begun || begun.job.status === 'STAGED') return;
    const held = { ...lease, job: begun.job };
    try {
      if (begun.tooOften) throw new TooManyInterruptions();
      await bring(context, held, target, uris);
    } catch (error) {
      await retryOrFail(context, held, error);
    }
  },
};

/** The registered systems that inputs come from. */
function systemsOf(uris: readonly string[]): readonly string[] {
  return uris.flatMap((uri) => {
    const location = parseInputUri(uri, { systemId: '' });
    return location.kind === 'system' ? [location.systemId] : [];
  });
}

/** A job without inputs passes straight to STAGED in the same transaction. */
async function begin(
  context: EngineContext,
  job: JobRow,
  target: Target,
): Promise<{ readonly job: JobRow; readonly tooOften: boolean } | null> {
  // A job found in another status was interrupted; its attempt goes on under the same number.
  const { attempt, patch, tooOften } = countAttempt(job, 'staging_attempts', job.status !== 'PENDING');
  const moves = hasNoInputs(job) ? skipStaging(attempt) : skipStaging(attempt).slice(0, -1);
  const begun = await context.transition({
    job,
    moves: [...(job.status === 'STAGING_INPUTS' ? [restart] : []), ...moves] as [Move, ...Move[]],
    patch: { ...patch, work_path: job.work_path ?? newWorkDirectory(target, jobSubdirectory(job)) },
    by: SERVICE,
    lease: hasNoInputs(job) ? 'release' : 'keep',
  });
  return begun && { job: begun, tooOften };
}

const restart: Move = { to: 'PENDING', description: 'Staging was interrupted and goes on.' };

async function bring(
  context: EngineContext,
  lease: Lease,
  target: Target,
  uris: readonly string[],
): Promise<void> {
  lease.check();
  await target.executor.createWorkDirectory(target.storage.hostPath(lease.job.work_path ?? ''), () =>
    lease.check(),
  );
  const inputs = await Promise.all(uris.map((uri) => findInput(context, uri)));
  const work = { moves: new JobMoves(context, lease), signal: lease.signal };
  const told = await stageInputs(context, work, target, inputs);
  await work.moves.move(() => ({
    moves: tellThen(told, { to: 'STAGED' }),
    patch: { interruptions: 0, data_waits: 0 },
  }));
}

async function retryOrFail(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  const failed = await judgeFailedAttempt(context, lease, 'staging_attempts', error);
  if (!failed) return;
  const { job, verdict } = failed;
  if (verdict.kind === 'give-up') {
    const description = `Job failed: its inputs could not be staged: ${verdict.reason}`;
    await context.transition({
      job,
      moves: [{ to: 'FAILED', description }],
      patch: verdict.patch,
      by: SERVICE,
      // Nothing but copies of inputs lies in the work directory.
      tasks: [{ task: 'tidy', subject: job.id }],
    });
    return;
  }
  const description =
    verdict.kind === 'wait'
      ? `Waiting: ${verdict.reason}.`
      : `Attempt ${job.staging_attempts} to stage job inputs failed: ${verdict.reason}`;
  await context.transition({
    job,
    moves: [{ to: 'PENDING', description }],
    patch: verdict.patch,
    by: SERVICE,
    delayMs: verdict.delayMs,
  });
}
