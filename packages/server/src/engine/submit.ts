import { HISTORY_TEXTS } from '@arras/contract';
import { inTransaction } from '../database/connection.ts';
import { releaseLease } from '../database/leases.ts';
import { countActiveJobs } from '../database/quotas.ts';
import type { JobRow } from '../database/tables.ts';
import { classifyFailure } from '../domain/failure.ts';
import { jobSubdirectory } from '../domain/places.ts';
import { findReachedQuota, hasQuotas } from '../domain/quotas.ts';
import { MAX_ATTEMPTS, retryDelayMs, WAIT_FOR_LIMIT_MS, WAIT_FOR_SYSTEM_MS } from '../domain/retry.ts';
import type { Move } from '../events/transition.ts';
import type { Observation, SubmitOutcome } from '../execution/scheduler.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { reloadHeld } from './held-job.ts';
import type { JobTask } from './job-task.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';
import { prepareLaunch } from './prepare-launch.ts';
import { hasNoInputs, skipStaging } from './skip-staging.ts';
import { quotasOf } from './system-quotas.ts';
import { isUnusable, newWorkDirectory, type Target, trackedOf } from './targets.ts';
import { waitForSystem } from './wait-for-system.ts';

/** Milliseconds after which a try whose start has no known outcome is looked for again. */
const LOOK_FOR_START_MS = 1_000;

/**
 * Starts a job's program exactly once (RELIABILITY R3): the try is committed before anything happens on the
 * target; a try found without a known outcome is looked for there, adopted when it started, and replaced
 * only after its claim has been taken away from it.
 */
export const submit: JobTask = {
  statuses: ['PENDING', 'STAGED', 'SUBMITTING', 'STAGING_JOB'],
  async run(context, lease) {
    const { status } = lease.job;
    if (status === 'PENDING' && !hasNoInputs(lease.job)) {
      return releaseLease(context.db, lease.job, { lookAfterMs: 0 });
    }
    if (status === 'SUBMITTING' || status === 'STAGING_JOB') return resume(context, lease);
    const target = await context.targets.findUsable(lease.job.execution_system);
    if (isUnusable(target)) return waitForSystem(context, lease.job, target.reason);
    const admitted = await admit(context, target, lease.job);
    if (typeof admitted === 'string') return waitForSystem(context, lease.job, admitted);
    if (admitted) await start(context, { ...lease, job: admitted }, target);
  },
};

/** Begins the next try if no quota is reached; else the reason to wait. */
async function admit(context: EngineContext, target: Target, job: JobRow): Promise<JobRow | string | null> {
  const quotas = quotasOf(target.definition, job);
  if (!hasQuotas(quotas)) return beginTry(context, target, job);
  return inTransaction(context.db, async (tx) => {
    const scope = { systemId: job.execution_system, queue: job.batch_queue, owner: job.owner };
    const reached = findReachedQuota(quotas, await countActiveJobs(tx, scope));
    return reached ?? beginTry(context, target, job, tx);
  });
}

/** A job without inputs comes here straight from PENDING: one transaction takes it to its try. */
function beginTry(
  context: EngineContext,
  target: Target,
  job: JobRow,
  tx = context.db,
): Promise<JobRow | null> {
  const fresh = job.status === 'PENDING' || job.status === 'STAGED';
  const attempt = job.submit_attempts + (fresh ? 1 : 0);
  const stagingAttempt = job.staging_attempts + (job.status === 'PENDING' ? 1 : 0);
  const moves: Move[] = [
    ...(job.status === 'PENDING' ? skipStaging(stagingAttempt) : []),
    ...(fresh ? [{ to: 'SUBMITTING', description: HISTORY_TEXTS.preparing } as const] : []),
    { to: 'SUBMITTING', description: HISTORY_TEXTS.submitAttempt(attempt) },
    { to: 'STAGING_JOB', description: `Staging runtime assets of ${job.app_id} to the job directory` },
  ];
  return context.transition({
    job,
    moves: moves as [Move, ...Move[]],
    patch: {
      try_number: job.try_number + 1,
      submit_attempts: attempt,
      staging_attempts: stagingAttempt,
      local_id: null,
      waiting_reason: null,
      estimated_start: null,
      work_path: job.work_path ?? newWorkDirectory(target, jobSubdirectory(job)),
    },
    by: SERVICE,
    lease: 'keep',
    tx,
  });
}

async function start(context: EngineContext, lease: Lease, target: Target): Promise<void> {
  let outcome: SubmitOutcome;
  try {
    const launch = await prepareLaunch(context, lease, target);
    lease.check();
    outcome = await target.executor.submit(launch);
  } catch (error) {
    return retryOrFail(context, lease, error);
  }
  await settle(context, lease, target, outcome);
}

async function settle(
  context: EngineContext,
  lease: Lease,
  target: Target,
  outcome: SubmitOutcome,
): Promise<void> {
  switch (outcome.kind) {
    case 'accepted':
      return accept(context, lease.job, target, outcome);
    case 'refused':
      if (outcome.clears) return waitForLimit(context, lease.job, outcome.reason);
      return fail(context, lease.job, `the execution system refused it: ${outcome.reason}`);
    case 'unknown':
      context.log.warn({ jobId: lease.job.id, reason: outcome.reason }, 'submission.unknown');
      // Each look that finds nothing begins a further try: less and less often, where a scheduler keeps on like that.
      return releaseLease(context.db, lease.job, { lookAfterMs: retryDelayMs(lease.job.try_number) });
  }
}

/** Records the start. The spool is looked at once more, because a short program has ended by now. */
async function accept(
  context: EngineContext,
  job: JobRow,
  target: Target,
  started: { readonly localId: string | null; readonly running: boolean },
): Promise<void> {
  const queued = `Job successfully placed into queue${started.localId === null ? '' : ` with local id ${started.localId}`}`;
  const accepted = await context.transition({
    job,
    moves: [{ to: 'QUEUED', description: queued }, ...(started.running ? [{ to: 'RUNNING' } as const] : [])],
    patch: { local_id: started.localId },
    by: SERVICE,
    tasks: job.stop_requested === null ? [] : [{ task: 'cancel', subject: job.id }],
  });
  if (accepted) return context.targets.hintEnded(target);
  // A stop that was asked for during the start changed the row but did not take the job away: write it down.
  const current = await reloadHeld(context, { job });
  const onlyStopRequested = current?.status === job.status && current.stop_requested !== job.stop_requested;
  if (current && onlyStopRequested) await accept(context, current, target, started);
}

/** Takes up a try whose outcome nobody wrote down: a replica died, or the answer was lost. */
async function resume(context: EngineContext, lease: Lease): Promise<void> {
  const target = await context.targets.get(lease.job.execution_system);
  const observation = await target.executor.reconcile(trackedOf(target, lease.job));
  await settleObserved(context, lease, target, observation);
}

async function settleObserved(
  context: EngineContext,
  lease: Lease,
  target: Target,
  observation: Observation,
): Promise<void> {
  const { job } = lease;
  switch (observation.state) {
    case 'ended':
      return accept(context, job, target, { localId: null, running: true });
    case 'lost':
      return accept(context, job, target, { localId: null, running: observation.neverStarted !== true });
    case 'running':
    case 'paused':
      return accept(context, job, target, { localId: observation.localId, running: true });
    case 'queued':
      return accept(context, job, target, { localId: observation.localId, running: false });
    case 'starting':
      return releaseLease(context.db, job, { lookAfterMs: LOOK_FOR_START_MS });
    case 'fenced':
      return startAgain(context, lease, target);
    case 'absent':
      if (observation.started) return accept(context, job, target, { localId: null, running: true });
      lease.check();
      if ((await target.executor.fence(trackedOf(target, job))) === 'fenced') {
        // A copy that is still on its way into a queue would start nothing; best not to have it wait there at all.
        await target.executor.cancel(trackedOf(target, job), true);
        return startAgain(context, lease, target);
      }
      return releaseLease(context.db, job, { lookAfterMs: LOOK_FOR_START_MS });
  }
}

/** The former try can never start any more: end a job that is to stop, else begin the next try. */
async function startAgain(context: EngineContext, lease: Lease, target: Target): Promise<void> {
  const { job } = lease;
  if (job.stop_requested !== null) {
    await context.transition({
      job,
      moves: [{ to: job.stop_requested, description: job.stop_reason ?? undefined }],
      by: SERVICE,
    });
    return;
  }
  const begun = await beginTry(context, target, job);
  if (begun) await start(context, { ...lease, job: begun }, target);
}

async function retryOrFail(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  if (lease.signal.aborted || error instanceof LeaseLost) throw error;
  const job = await reloadHeld(context, lease);
  if (!job) return;
  const failure = classifyFailure(error);
  if (failure.retry === 'unreachable') {
    // Preparing was cut short, so nothing was started: the same attempt is made again when the system answers.
    return waitStaged(context, job, { reason: failure.reason, delayMs: WAIT_FOR_SYSTEM_MS });
  }
  if (failure.retry === 'permanent' || job.submit_attempts >= MAX_ATTEMPTS) {
    return fail(context, job, failure.reason);
  }
  await context.transition({
    job,
    moves: [
      {
        to: 'STAGED',
        description: `Attempt ${job.submit_attempts} to submit job failed: ${failure.reason}`,
      },
    ],
    by: SERVICE,
    delayMs: retryDelayMs(job.submit_attempts),
  });
}

/** The scheduler takes no more jobs at once: nothing was started, and a place will become free. */
function waitForLimit(context: EngineContext, job: JobRow, reason: string): Promise<void> {
  const said = `the execution system takes no more jobs at once now: ${reason}`;
  return waitStaged(context, job, { reason: said, delayMs: WAIT_FOR_LIMIT_MS });
}

/** Makes the same attempt again later. */
async function waitStaged(
  context: EngineContext,
  job: JobRow,
  wait: { readonly reason: string; readonly delayMs: number },
): Promise<void> {
  await context.transition({
    job,
    moves: [{ to: 'STAGED', description: `Waiting: ${wait.reason}.` }],
    patch: { submit_attempts: job.submit_attempts - 1 },
    by: SERVICE,
    delayMs: wait.delayMs,
  });
}

async function fail(context: EngineContext, job: JobRow, reason: string): Promise<void> {
  const description = `Job failed: it could not be submitted: ${reason}`;
  await context.transition({ job, moves: [{ to: 'FAILED', description }], by: SERVICE });
}
