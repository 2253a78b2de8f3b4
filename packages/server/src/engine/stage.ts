import { HISTORY_TEXTS } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import { classifyFailure, JobFault } from '../domain/failure.ts';
import { parseInputUri } from '../domain/input-uri.ts';
import { baseName, joinPath } from '../domain/paths.ts';
import { jobSubdirectory } from '../domain/places.ts';
import { MAX_ATTEMPTS, retryDelayMs, WAIT_FOR_SYSTEM_MS } from '../domain/retry.ts';
import type { Move } from '../events/transition.ts';
import { copyTree } from '../storage/transfer.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { reloadHeld } from './held-job.ts';
import type { JobTask } from './job-task.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';
import { hasNoInputs, skipStaging } from './skip-staging.ts';
import { isUnusable, newWorkDirectory, type Place, type Target } from './targets.ts';
import { trackTransfer } from './track-transfer.ts';
import { waitForSystem } from './wait-for-system.ts';

/** Brings a job's inputs into its work directory: PENDING to STAGED. */
export const stage: JobTask = {
  statuses: ['PENDING', 'PROCESSING_INPUTS', 'STAGING_INPUTS'],
  async run(context, lease) {
    const target = await context.targets.findUsable(lease.job.execution_system);
    if (isUnusable(target)) return waitForSystem(context, lease.job, target.reason);
    const uris = Object.values(lease.job.inputs).flat();
    const job = await begin(context, lease.job, target);
    if (!job || job.status === 'STAGED') return;
    try {
      await stageInputs(context, { ...lease, job }, target, uris);
    } catch (error) {
      await retryOrFail(context, lease, error);
    }
  },
};

/** A job without inputs passes straight to STAGED in the same transaction. */
async function begin(context: EngineContext, job: JobRow, target: Target): Promise<JobRow | null> {
  // A job found in STAGING_INPUTS was interrupted; its attempt goes on under the same number.
  const interrupted = job.status !== 'PENDING';
  const attempt = job.staging_attempts + (interrupted ? 0 : 1);
  const moves = hasNoInputs(job) ? skipStaging(attempt) : skipStaging(attempt).slice(0, -1);
  return context.transition({
    job,
    moves: [...(job.status === 'STAGING_INPUTS' ? [restart] : []), ...moves] as [Move, ...Move[]],
    patch: {
      staging_attempts: attempt,
      work_path: job.work_path ?? newWorkDirectory(target, jobSubdirectory(job)),
    },
    by: SERVICE,
    lease: hasNoInputs(job) ? 'release' : 'keep',
  });
}

const restart: Move = { to: 'PENDING', description: 'Staging was interrupted and begins again.' };

interface Input {
  readonly uri: string;
  readonly place: Place;
  readonly path: string;
}

async function stageInputs(
  context: EngineContext,
  lease: Lease,
  target: Target,
  uris: readonly string[],
): Promise<void> {
  let job: JobRow | null = lease.job;
  lease.check();
  await target.executor.createWorkDirectory(target.storage.hostPath(job.work_path ?? ''));
  for (const uri of uris) {
    const input = await findInput(context, uri);
    job = await stageInput(context, { ...lease, job }, target, input);
    if (!job) return;
  }
  await context.transition({ job, moves: [{ to: 'STAGED' }], by: SERVICE });
}

/** Inputs were made absolute (`agave://system/path`) when the job was accepted. */
async function findInput(context: EngineContext, uri: string): Promise<Input> {
  const location = parseInputUri(uri, { systemId: '' });
  if (location.kind === 'invalid') throw new JobFault(`input ${uri}: ${location.reason}`);
  if (location.kind === 'url')
    throw new JobFault(`input ${uri}: ${location.scheme} addresses cannot be staged yet`);
  const place = await context.targets.getPlace(location.systemId);
  return { uri, place, path: place.resolve(location.path) };
}

async function stageInput(
  context: EngineContext,
  lease: Lease,
  target: Target,
  input: Input,
): Promise<JobRow | null> {
  const { job, signal } = lease;
  const top = await input.place.storage.find(input.path);
  if (!top) throw new JobFault(`input ${input.uri} does not exist`);
  const destination = joinPath(job.work_path ?? '', baseName(input.path));
  const track = await trackTransfer(context, job, {
    source: input.uri,
    destination: `agave://${target.systemId}/${destination}`,
    files: 1,
    bytes: top.sizeBytes,
  });
  const moved = await context.transition({
    job,
    moves: [
      { to: 'STAGING_INPUTS', description: HISTORY_TEXTS.stagingInput(input.uri) },
      { to: 'STAGING_INPUTS', description: HISTORY_TEXTS.copyInProgress, transferId: track.id },
    ],
    by: SERVICE,
    lease: 'keep',
  });
  if (!moved) return null;
  try {
    await copyTree({
      from: input.place.storage,
      fromPath: input.path,
      to: target.storage,
      toPath: destination,
      onProgress: (progress) => track.report(progress),
      signal,
    });
  } finally {
    await track.finish();
  }
  return moved;
}

async function retryOrFail(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  if (lease.signal.aborted || error instanceof LeaseLost) throw error;
  const job = await reloadHeld(context, lease);
  if (!job) return;
  const failure = classifyFailure(error);
  if (failure.retry === 'unreachable') {
    // No attempt was made at what could fail: the same one is made again.
    await context.transition({
      job,
      moves: [{ to: 'PENDING', description: `Waiting: ${failure.reason}.` }],
      patch: { staging_attempts: job.staging_attempts - 1 },
      by: SERVICE,
      delayMs: WAIT_FOR_SYSTEM_MS,
    });
    return;
  }
  if (failure.retry === 'permanent' || job.staging_attempts >= MAX_ATTEMPTS) {
    const description = `Job failed: its inputs could not be staged: ${failure.reason}`;
    await context.transition({ job, moves: [{ to: 'FAILED', description }], by: SERVICE });
    return;
  }
  const description = `Attempt ${job.staging_attempts} to stage job inputs failed: ${failure.reason}`;
  await context.transition({
    job,
    moves: [{ to: 'PENDING', description }],
    by: SERVICE,
    delayMs: retryDelayMs(job.staging_attempts),
  });
}
