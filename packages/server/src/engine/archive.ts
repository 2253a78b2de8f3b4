import { HISTORY_TEXTS } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import { classifyFailure, JobFault } from '../domain/failure.ts';
import { ARCHIVE_MANIFEST, SERVICE_DIRECTORY } from '../domain/places.ts';
import { MAX_ATTEMPTS, retryDelayMs, WAIT_FOR_SYSTEM_MS } from '../domain/retry.ts';
import { describeFailure } from '../domain/verdict.ts';
import type { Move } from '../events/transition.ts';
import { StorageError } from '../storage/storage.ts';
import { copyTree } from '../storage/transfer.ts';
import { type TreeCheck, verifyTree } from '../storage/verify-tree.ts';
import { readArchiveManifest } from './archive-manifest.ts';
import { type EngineContext, SERVICE } from './context.ts';
import { reloadHeld } from './held-job.ts';
import type { JobTask } from './job-task.ts';
import { type Lease, LeaseLost } from './lease-keeper.ts';
import { type Target, workDirectoryOf } from './targets.ts';
import { trackTransfer } from './track-transfer.ts';
import { waitForSystem } from './wait-for-system.ts';

/** Copies a job's output to its archive: CLEANING_UP to the end. The work directory goes only afterwards. */
export const archive: JobTask = {
  statuses: ['CLEANING_UP', 'ARCHIVING', 'ARCHIVING_FINISHED', 'ARCHIVING_FAILED'],
  async run(context, lease) {
    const unreachable = await whyUnreachable(context, lease.job);
    if (unreachable !== null) return waitForSystem(context, lease.job, unreachable);
    const job = await begin(context, lease.job);
    if (!job) return;
    try {
      const copied = await copyOutput(context, { ...lease, job });
      if (copied) await finish(context, copied);
    } catch (error) {
      await retryOrFinish(context, lease, error);
    }
  },
};

/** Between two hosts, either may be away. */
async function whyUnreachable(context: EngineContext, job: JobRow): Promise<string | null> {
  const target = await context.targets.get(job.execution_system);
  const reason = await target.whyUnreachable();
  if (reason !== null) return `system ${target.systemId} cannot be reached: ${reason}`;
  if (job.archive_system === null || job.archive_system === target.systemId) return null;
  const place = await context.targets.getPlace(job.archive_system).catch(() => null);
  const why = (await place?.whyUnreachable()) ?? null;
  return why === null ? null : `system ${job.archive_system} cannot be reached: ${why}`;
}

async function begin(context: EngineContext, job: JobRow): Promise<JobRow | null> {
  const interrupted = job.status === 'ARCHIVING';
  const attempt = job.archiving_attempts + (interrupted ? 0 : 1);
  const archiving: Move = { to: 'ARCHIVING', description: `Attempt ${attempt} to archive job output` };
  return context.transition({
    job,
    moves: interrupted ? [archiving] : [{ to: 'ARCHIVING' }, archiving],
    patch: { archiving_attempts: attempt },
    by: SERVICE,
    lease: 'keep',
  });
}

/** Copies and verifies; null when the job was taken away meanwhile. */
async function copyOutput(context: EngineContext, lease: Lease): Promise<JobRow | null> {
  const { job, signal } = lease;
  const target = await context.targets.get(job.execution_system);
  if (job.archive_system === null || job.archive_path === null)
    throw new JobFault('it has no archive system');
  const place = await context.targets.getPlace(job.archive_system);
  const toPath = place.resolve(job.archive_path);
  const fromPath = workDirectoryOf(job);
  const track = await trackTransfer(context, job, {
    source: `agave://${target.systemId}/${fromPath}`,
    destination: `agave://${place.systemId}/${toPath}`,
    files: 0,
    bytes: 0,
  });
  const moved = await context.transition({
    job,
    moves: await progressMoves(target, fromPath, track.id),
    by: SERVICE,
    lease: 'keep',
  });
  if (!moved) return null;
  try {
    const excluded = await readArchiveManifest(target.storage, fromPath);
    const manifest = await copyTree({
      from: target.storage,
      fromPath,
      to: place.storage,
      toPath,
      isExcluded: (path) => path === `/${SERVICE_DIRECTORY}` || excluded.has(path),
      onProgress: (progress) => track.report(progress),
      signal,
    });
    await verify({ manifest, to: place.storage, toPath, signal });
  } finally {
    await track.finish();
  }
  return moved;
}

/** Without a manifest everything is archived, and the history says so (spec/lifecycle.md 6.4). */
async function progressMoves(
  target: Target,
  fromPath: string,
  transferId: Move['transferId'],
): Promise<[Move, ...Move[]]> {
  const copying: Move = {
    to: 'ARCHIVING',
    description: HISTORY_TEXTS.copyInProgress,
    ...(transferId === undefined ? {} : { transferId }),
  };
  const manifest = await target.storage.find(`${fromPath}/${ARCHIVE_MANIFEST}`);
  if (manifest) return [copying];
  return [
    { to: 'ARCHIVING', description: `No ${ARCHIVE_MANIFEST} file: the whole directory is archived` },
    copying,
  ];
}

async function verify(check: TreeCheck): Promise<void> {
  const differences = await verifyTree(check);
  if (differences.length === 0) return;
  const named = differences.slice(0, 5).map((difference) => difference.path);
  throw new StorageError('corrupt', `archived files differ from the output: ${named.join(', ')}`);
}

/** A program that failed stays a failure, although its output was archived on request. */
async function finish(context: EngineContext, job: JobRow): Promise<void> {
  const failed = job.exit_code !== 0;
  const end: Move = failed
    ? { to: 'FAILED', description: describeEnd(job) }
    : { to: 'FINISHED', description: HISTORY_TEXTS.finished };
  await context.transition({
    job,
    moves: [{ to: 'ARCHIVING_FINISHED' }, end],
    by: SERVICE,
    tasks: [{ task: 'tidy', subject: job.id }],
  });
}

function describeEnd({ exit_code, end_cause }: JobRow): string {
  return exit_code === null
    ? describeFailure({ kind: 'lost', reason: 'it ended without an exit status', cause: end_cause })
    : describeFailure({ kind: 'exited', exitCode: exit_code, cause: end_cause });
}

async function retryOrFinish(context: EngineContext, lease: Lease, error: unknown): Promise<void> {
  if (lease.signal.aborted || error instanceof LeaseLost) throw error;
  const job = await reloadHeld(context, lease);
  if (!job) return;
  const failure = classifyFailure(error);
  if (failure.retry === 'unreachable') {
    await context.transition({
      job,
      moves: [{ to: 'CLEANING_UP', description: `Waiting: ${failure.reason}.` }],
      patch: { archiving_attempts: job.archiving_attempts - 1 },
      by: SERVICE,
      delayMs: WAIT_FOR_SYSTEM_MS,
    });
    return;
  }
  if (failure.retry === 'temporary' && job.archiving_attempts < MAX_ATTEMPTS) {
    const description = `Attempt ${job.archiving_attempts} to archive job output failed: ${failure.reason}`;
    await context.transition({
      job,
      moves: [{ to: 'CLEANING_UP', description }],
      by: SERVICE,
      delayMs: retryDelayMs(job.archiving_attempts),
    });
    return;
  }
  await finishWithoutArchive(context, job, failure.reason);
}

/** The job itself has ended well or badly; only its archive is missing, so the work directory stays (P11). */
async function finishWithoutArchive(context: EngineContext, job: JobRow, reason: string): Promise<void> {
  const kept = 'its output was not archived and stays in the work directory';
  const end: Move =
    job.exit_code === 0
      ? { to: 'FINISHED', description: `Job completed, but ${kept}: ${reason}` }
      : { to: 'FAILED', description: `${describeEnd(job)} Also, ${kept}.` };
  await context.transition({
    job,
    moves: [{ to: 'ARCHIVING_FAILED', description: `Job archiving failed: ${reason}` }, end],
    by: SERVICE,
  });
}
