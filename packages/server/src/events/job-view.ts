import {
  type Freshness,
  formatRunTime,
  type JobStatusView,
  type JobSummary,
  type JobView,
} from '@arras/contract';
import type { ShownCheck } from '../database/execution-systems.ts';
import type { JobRow } from '../database/tables.ts';
import { isMonitored } from '../domain/lifecycle.ts';
import { jobSubdirectory } from '../domain/places.ts';
import { renderEndCause, renderLooks, renderReport, renderWaiting } from './job-explanations.ts';
import { jobLinks, jobUrl } from './job-links.ts';
import type { ViewContext } from './view-context.ts';

/** What a job's view needs beside its row. */
export interface JobSurroundings {
  /** The output lies on the archive system. */
  readonly archived: boolean;
  readonly executionType: JobView['executionType'];
  readonly schedulerType: string;
  /** What is known of the execution system; null: it was never looked at. */
  readonly check: ShownCheck | null;
}

/** The full job as it travels: the guide's fields in the guide's order, then the later names of the same facts. */
export function renderJob(context: ViewContext, job: JobRow, surroundings: JobSurroundings): JobView {
  return {
    ...guideFields(context, job),
    ...laterFields(context, job, surroundings),
    executionType: surroundings.executionType,
    schedulerType: surroundings.schedulerType,
    stopRequested: isStopping(job),
    waiting: renderWaiting(context, job, surroundings.check),
    endCause: renderEndCause(job),
    report: renderReport(job),
    seq: job.seq,
    freshness: renderFreshness(context, job, surroundings.check),
    _links: jobLinks(context, job, surroundings.archived),
  };
}

function guideFields(context: ViewContext, job: JobRow) {
  const time = timesOf(context);
  const lastUpdated = context.formatTime(job.last_updated);
  return {
    id: job.id,
    name: job.name,
    owner: job.owner,
    appId: job.app_id,
    executionSystem: job.execution_system,
    batchQueue: job.batch_queue,
    nodeCount: job.node_count,
    processorsPerNode: job.processors_per_node,
    memoryPerNode: job.memory_per_node_gb ?? NO_MEMORY_LIMIT,
    maxRunTime: job.max_run_time_seconds === null ? null : formatRunTime(job.max_run_time_seconds),
    archive: job.archive,
    ...(job.archive && job.archive_path !== null && { archivePath: job.archive_path }),
    ...(job.archive && job.archive_system !== null && { archiveSystem: job.archive_system }),
    retries: retriesOf(job),
    localId: job.local_id,
    created: context.formatTime(job.created_at),
    lastUpdated,
    lastModified: lastUpdated,
    outputPath: outputPathOf(job),
    status: job.status,
    ...(job.status === 'FAILED' && { message: job.last_message ?? '' }),
    submitTime: context.formatTime(job.submit_time),
    startTime: time(job.start_time),
    endTime: time(job.end_time),
    inputs: copyLists(job.inputs),
    parameters: copyValues(job.parameters),
  };
}

/** The original shows -1 for "no limit"; clients need a number here. */
const NO_MEMORY_LIMIT = -1;

/** Names of spec/discrepancies.md section 3. */
function laterFields(context: ViewContext, job: JobRow, { executionType, check }: JobSurroundings) {
  const time = timesOf(context);
  return {
    systemId: job.execution_system,
    appUuid: job.app_uuid,
    tenantId: context.tenant,
    roles: '',
    tenantQueue: '',
    remoteJobId: job.local_id,
    schedulerJobId: executionType === 'CLI' ? null : job.local_id,
    remoteQueue: job.batch_queue,
    workPath: outputPathOf(job),
    accepted: context.formatTime(job.created_at),
    started: time(job.start_time),
    ended: time(job.end_time),
    remoteSubmitted: context.formatTime(job.submit_time),
    remoteStarted: time(job.start_time),
    remoteEnded: time(job.remote_ended),
    remoteOutcome: remoteOutcomeOf(job),
    ...(job.max_run_time_seconds !== null && { maxHours: job.max_run_time_seconds / 3600 }),
    submitRetries: retriesOf(job),
    lastStatusMessage: job.last_message,
    ...renderLooks(context, job, check),
    blockedCount: 0,
    archiveOnAppError: job.archive_on_app_error,
    visible: job.visible,
  };
}

/** One row of a job listing (spec/jobs.md 4.4). */
export function renderJobSummary(
  context: ViewContext,
  job: JobRow,
  { archived, check }: JobSurroundings,
): JobSummary {
  const time = timesOf(context);
  const { self, archiveData } = jobLinks(context, job, archived);
  return {
    id: job.id,
    name: job.name,
    owner: job.owner,
    executionSystem: job.execution_system,
    appId: job.app_id,
    created: context.formatTime(job.created_at),
    status: job.status,
    startTime: time(job.start_time),
    endTime: time(job.end_time),
    lastUpdated: context.formatTime(job.last_updated),
    systemId: job.execution_system,
    remoteStarted: time(job.start_time),
    remoteSubmitted: context.formatTime(job.submit_time),
    ended: time(job.end_time),
    lastStatusCheck: renderLooks(context, job, check).lastStatusCheck,
    stopRequested: isStopping(job),
    seq: job.seq,
    freshness: renderFreshness(context, job, check),
    _links: { self, archiveData },
  };
}

/** The small answer for polling. */
export function renderJobStatus(
  context: ViewContext,
  job: JobRow,
  { check }: Pick<JobSurroundings, 'check'>,
): JobStatusView {
  return {
    id: job.id,
    status: job.status,
    stopRequested: isStopping(job),
    waiting: renderWaiting(context, job, check),
    seq: job.seq,
    lastUpdated: context.formatTime(job.last_updated),
    freshness: renderFreshness(context, job, check),
    _links: { self: { href: jobUrl(context, job.id) } },
  };
}

/**
 * As of when the status is known: what the service does itself it knows since it last said so; what a program does it
 * knows since the last look, or since the event that told of it.
 */
function renderFreshness(context: ViewContext, job: JobRow, check: ShownCheck | null): Freshness {
  if (!isMonitored(job.status)) {
    return { asOf: context.formatTime(job.last_updated), source: 'service', reachable: true };
  }
  const seenAt = check?.seen_at ?? null;
  const asOf = seenAt !== null && seenAt > job.last_updated ? seenAt : job.last_updated;
  const silentSince = check?.failing_since ?? null;
  return {
    asOf: context.formatTime(asOf),
    source: 'executionSystem',
    reachable: silentSince === null,
    ...(silentSince !== null && {
      message: `${check?.message ?? 'The system does not answer'} (since ${context.formatTime(silentSince)}). The job keeps its last known status.`,
    }),
  };
}

/** `{owner}/{jobId}-{slug(name)}`, as the guide shows it; null before the directory is chosen. */
function outputPathOf(job: JobRow): string | null {
  return job.work_path === null ? null : jobSubdirectory(job);
}

/** A stop was asked for and the end is not yet proven. */
export function isStopping(job: Pick<JobRow, 'stop_requested' | 'end_time'>): boolean {
  return job.stop_requested !== null && job.end_time === null;
}

function retriesOf(job: JobRow): number {
  return Math.max(0, job.submit_attempts - 1);
}

/** How the program ended on its host; null until it has. */
function remoteOutcomeOf(job: JobRow): JobView['remoteOutcome'] {
  if (job.remote_ended === null) return null;
  if (job.exit_code === 0) return 'FINISHED';
  return job.archive && !job.archive_on_app_error ? 'FAILED_SKIP_ARCHIVE' : 'FAILED';
}

function timesOf({ formatTime }: ViewContext): (time: Date | null) => string | null {
  return (time) => (time === null ? null : formatTime(time));
}

function copyLists(lists: JobRow['inputs']): Record<string, string[]> {
  return Object.fromEntries(Object.entries(lists).map(([id, values]) => [id, [...values]]));
}

function copyValues(values: JobRow['parameters']): JobView['parameters'] {
  return Object.fromEntries(
    Object.entries(values).map(([id, value]) => [id, typeof value === 'object' ? [...value] : value]),
  );
}
