import { findJobs } from '../database/jobs.ts';
import { claimLook, endLook, leaveToLooks, listWatchedJobs, type WatchedJob } from '../database/looks.ts';
import { recordSystemAnswer, recordSystemSilence } from '../database/system-checks.ts';
import { giveUpAccounts } from '../database/usage.ts';
import { isMonitored } from '../domain/lifecycle.ts';
import { lookTimes } from '../domain/look-times.ts';
import { type Observation, UnreadableAnswer } from '../execution/scheduler.ts';
import { ShellUnreachable } from '../execution/shell.ts';
import type { EngineContext } from './context.ts';
import { hearLastWords } from './hear-last-words.ts';
import { isEnd, isNews } from './news.ts';
import { applyObservation } from './observe.ts';
import { takeAccounts } from './take-accounts.ts';
import { takeWaits } from './take-waits.ts';
import { type Target, trackedOf } from './targets.ts';

/** Jobs that have news and are read and moved together. */
const BATCH = 500;

/**
 * Looks at all programs of one system together, if that is due and nobody else is looking: the safety net under the
 * spool. The look ends by setting the time of the next one, so that there is one per interval whatever the number of
 * jobs, pollers and replicas; nothing is written for a job of which there is no news.
 */
export async function monitor(context: EngineContext, systemId: string): Promise<void> {
  const look = { systemId, replica: context.replica };
  if (!(await claimLook(context.db, look))) return;
  try {
    const jobs = await listWatchedJobs(context.db, systemId);
    if (jobs.length > 0) await lookAt(context, await context.targets.get(systemId), jobs);
  } finally {
    const times = lookTimes(context.times.monitorEveryMs, Math.random());
    const delayMs = await endLook(context.db, { ...look, times });
    if (delayMs !== null) context.lookBell.ring(systemId, delayMs);
  }
}

async function lookAt(context: EngineContext, target: Target, jobs: readonly WatchedJob[]): Promise<void> {
  const began = performance.now();
  try {
    const observed = await target.executor.observe(jobs.map((job) => trackedOf(target, job)));
    const tookMs = performance.now() - began;
    await takeIn(context, { target, jobs, observed, tookMs });
  } catch (error) {
    if (!(error instanceof ShellUnreachable || error instanceof UnreadableAnswer)) throw error;
    // An error tells nothing about the jobs: only the look is counted (R7).
    context.log.warn({ systemId: target.systemId, jobs: jobs.length, err: error }, 'monitor.unanswered');
    // One that cannot be reached has not been asked.
    if (error instanceof UnreadableAnswer) context.health.failed(target.systemId, 'scheduler', error.message);
    const message = `${target.systemId} does not answer: ${error.message}`;
    await recordSystemSilence(context.db, target.systemId, message);
  }
}

/** What a look has shown. */
interface Look {
  readonly target: Target;
  readonly jobs: readonly WatchedJob[];
  readonly observed: ReadonlyMap<string, Observation>;
  readonly tookMs: number;
}

async function takeIn(context: EngineContext, look: Look): Promise<void> {
  const { target, jobs, observed } = look;
  const seen = jobs.map((job) => ({ job, observation: observed.get(trackedOf(target, job).tag) ?? null }));
  const watched = seen.filter(({ job }) => isMonitored(job.status));
  const news = watched.filter(({ job, observation }) => observation !== null && isNews(job, observation));
  await takeWaits(context, target, watched);
  for (let start = 0; start < news.length; start += BATCH) {
    await applyNews(context, target, news.slice(start, start + BATCH));
  }
  await takeAccounts(context, seen);
  await giveUpAccounts(context.db, target.systemId);
  await leaveToLooks(
    context.db,
    watched.flatMap(({ job }) => (job.next_at !== null && job.stop_requested === null ? [job.id] : [])),
  );
  await recordAnswer(context, look, watched);
}

interface Seen {
  readonly job: WatchedJob;
  readonly observation: Observation | null;
}

/** The jobs are read again, whole: they may have changed while their programs were looked at. */
async function applyNews(context: EngineContext, target: Target, news: readonly Seen[]): Promise<void> {
  const ended = news.filter(({ observation }) => observation !== null && isEnd(observation));
  const tagOf = (job: WatchedJob) => trackedOf(target, job).tag;
  const waiting = await hearLastWords(
    context,
    target,
    ended.map(({ job }) => tagOf(job)),
  );
  const rows = await findJobs(
    context.db,
    news.map(({ job }) => job.id),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const settled: string[] = [];
  for (const { job, observation } of news) {
    const row = byId.get(job.id);
    const isSameTry = row?.try_number === job.try_number && isMonitored(row.status);
    if (!row || !isSameTry || observation === null || waiting.has(tagOf(job))) continue;
    const applied = await applyObservation(context, target, row, observation);
    if (applied === 'moved' && isEnd(observation)) settled.push(tagOf(job));
  }
  await target.executor.acknowledge(target.spool, settled);
}

/** Markers tell of ends while the scheduler is away: it answers if it tells of one job at least that goes on. */
async function recordAnswer(
  context: EngineContext,
  { target: { systemId }, tookMs }: Look,
  watched: readonly Seen[],
): Promise<void> {
  const unknown = watched.filter(({ observation }) => observation === null).length;
  const goingOn = watched.filter(({ observation }) => observation !== null && !isEnd(observation)).length;
  if (unknown === 0 || goingOn > 0) {
    context.health.worked(systemId, 'scheduler', tookMs);
    return recordSystemAnswer(context.db, systemId);
  }
  const silence = `The scheduler of ${systemId} does not answer`;
  context.health.failed(systemId, 'scheduler', silence);
  context.log.warn({ systemId, jobs: unknown }, 'monitor.unanswered');
  await recordSystemSilence(context.db, systemId, silence);
}
