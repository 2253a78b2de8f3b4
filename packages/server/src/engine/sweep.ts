import { setTimeout as delay } from 'node:timers/promises';
import { forgetOldGrants } from '../database/clients.ts';
import { releaseDeliveriesOf } from '../database/deliveries.ts';
import { forgetOldSignIns } from '../database/device-sign-ins.ts';
import { forgetOldFiles, listDueFileTransfers } from '../database/file-transfers.ts';
import { forgetOldRequestKeys } from '../database/idempotency.ts';
import { forgetMessages } from '../database/job-messages.ts';
import { findForgottenSystems, listDueLooks } from '../database/looks.ts';
import { forgetOldPostits } from '../database/postits.ts';
import { queueTasks } from '../database/queue.ts';
import { listReplicasOn, listSilentReplicas, removeReplicas } from '../database/replicas.ts';
import { claimDueJobs, type DueJob } from '../database/sweep.ts';
import { isMonitored, isTerminal, lifecycleOf } from '../domain/lifecycle.ts';
import { type QueuedTask, SWEEP_AFTER_MS } from '../domain/tasks.ts';
import type { EngineContext } from './context.ts';
import { isGone } from './process-identity.ts';

/** Due jobs taken up by one sweep. */
const BATCH = 200;
/** Seconds without a heartbeat after which a replica is taken for dead (P5: takeover within 15 s). */
export const SILENT_SECONDS = 12;
/** Days for which a request with an Idempotency-Key can be repeated (P2). */
const REQUEST_KEY_DAYS = 7;
/** Days for which the history of a path can be seen after the last that happened to it. */
const FILE_DAYS = 365;
/** Between two batches of what is forgotten. */
const FORGET_PAUSE_MS = 50;

/**
 * Finds all due work from the tables alone and rings for it (R2): the queue could be emptied at any time and
 * nothing would be lost. Every replica sweeps; each due job is taken by one of them.
 */
export async function sweep(context: EngineContext): Promise<void> {
  const due = await claimDueJobs(context.db, BATCH);
  const looks = (await listDueLooks(context.db)).map((subject): QueuedTask => ({ task: 'monitor', subject }));
  const ingests = (
    await listDueFileTransfers(context.db, { seconds: SWEEP_AFTER_MS / 1_000, limit: BATCH })
  ).map((subject): QueuedTask => ({ task: 'ingest', subject }));
  const tasks = new Map(
    [...due.flatMap(tasksOf), ...looks, ...ingests].map((task) => [`${task.task}:${task.subject}`, task]),
  );
  await queueTasks(context.db, [...tasks.values()]);
}

function tasksOf(job: DueJob): QueuedTask[] {
  if (isTerminal(job.status)) return [{ task: 'tidy', subject: job.id }];
  const tasks: QueuedTask[] = [];
  if (job.expired) tasks.push({ task: 'expire', subject: job.id });
  if (isMonitored(job.status)) {
    tasks.push({ task: 'monitor', subject: job.execution_system });
    if (job.stop_requested !== null) tasks.push({ task: 'cancel', subject: job.id });
  }
  const { task } = lifecycleOf(job.status);
  if (task !== null && !job.expired) tasks.push({ task, subject: job.id });
  return tasks;
}

/**
 * Takes the work of dead replicas away from them: at once when their process on this host is gone, else when
 * they have been silent for too long.
 */
export async function reclaim(context: EngineContext, host: string): Promise<void> {
  const neighbours = await listReplicasOn(context.db, host);
  const gone = await Promise.all(neighbours.map(({ process }) => isGone(process)));
  const dead = new Set([
    ...neighbours.filter((_, index) => gone[index]).map(({ id }) => id),
    ...(await listSilentReplicas(context.db, SILENT_SECONDS)),
  ]);
  dead.delete(context.replica);
  if (dead.size === 0) return;
  context.log.warn({ replicas: [...dead] }, 'replica.dead');
  await removeReplicas(context.db, [...dead]);
  await findForgottenSystems(context.db);
  await releaseDeliveriesOf(context.db, [...dead]);
}

/** Forgets what is no longer promised; small batches, so that nobody waits for it. */
export async function forget(context: EngineContext): Promise<void> {
  await forgetOldRequestKeys(context.db, REQUEST_KEY_DAYS);
  while (await forgetOldFiles(context.db, FILE_DAYS)) await delay(FORGET_PAUSE_MS);
  await forgetMessages(context.db);
  await forgetOldGrants(context.db);
  await forgetOldSignIns(context.db);
  await forgetOldPostits(context.db);
  for (const target of context.targets.opened()) await target.executor.forgetPast(target.spool);
}
