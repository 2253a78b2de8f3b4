import type { EndCauseView, EndReportView, JobView, Waiting } from '@arras/contract';
import type { ShownCheck } from '../database/execution-systems.ts';
import type { JobRow } from '../database/tables.ts';
import { explainEnd } from '../domain/end-cause.ts';
import { reportEnd } from '../domain/end-report.ts';
import { isMonitored } from '../domain/lifecycle.ts';
import { explainWaiting } from '../domain/waiting-reason.ts';
import type { ViewContext } from './view-context.ts';

// What a job's views say about its wait, its end and the looks at it.

/** Why the job waits in its queue; null when it does not. */
export function renderWaiting(context: ViewContext, job: JobRow, check: ShownCheck | null): Waiting | null {
  if (job.status !== 'QUEUED') return null;
  const { category, sentence, action } = explainWaiting(job.waiting_reason);
  const measured = check?.waits?.[job.batch_queue ?? ''];
  return {
    reason: job.waiting_reason,
    category,
    sentence,
    ...(action !== null && { action }),
    ...(job.estimated_start !== null && { estimatedStart: context.formatTime(job.estimated_start) }),
    ...(measured !== undefined &&
      measured.count > 0 && {
        similar: {
          count: measured.count,
          shortestSeconds: Math.round(measured.shortest),
          medianSeconds: Math.round(measured.median),
          longestSeconds: Math.round(measured.longest),
        },
      }),
    canStart: category !== 'never-starts',
  };
}

/** Why the program did not end well; null while it runs, when it did, and when it never came to a program. */
export function renderEndCause(job: JobRow): EndCauseView | null {
  const isFailure = job.remote_ended !== null && job.exit_code !== 0;
  if (job.end_cause === null && !isFailure) return null;
  const { condition, sentence, action } = explainEnd({ exitCode: job.exit_code, cause: job.end_cause });
  return { code: condition, sentence: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, action };
}

const BYTES_PER_GB = 2 ** 30;

/** What the job used of what it asked for; null until it has ended, and when its program never started. */
export function renderReport(job: JobRow): EndReportView | null {
  const endedAt = job.remote_ended ?? job.end_time;
  if (job.end_time === null || job.start_time === null || endedAt === null) return null;
  const watchedMs = Math.max(0, endedAt.getTime() - job.start_time.getTime());
  const report = reportEnd({
    wallSeconds: job.used_seconds ?? Math.round(watchedMs / 1000),
    limitSeconds: job.max_run_time_seconds,
    cpuSeconds: job.used_cpu_seconds,
    processors: job.node_count * job.processors_per_node,
    memoryBytes: job.used_memory_bytes,
    memoryPerNodeBytes:
      job.memory_per_node_gb === null ? null : Math.round(job.memory_per_node_gb * BYTES_PER_GB),
  });
  return { ...report, notes: [...report.notes] };
}

/** The looks at the job's system while its program was there. */
export function renderLooks(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  job: JobRow,
  check: ShownCheck | null,
): Pick<JobView, 'lastStatusCheck' | 'remoteStatusChecks' | 'failedStatusChecks'> {
  const isWatched = isMonitored(job.status) && check !== null;
  const since = (now: number, start: number | null) => (start === null ? 0 : Math.max(0, now - start));
  const seenAt =
    isWatched && check.seen_at !== null && check.seen_at > job.submit_time ? check.seen_at : null;
  const lastCheck = seenAt ?? job.last_status_check;
  return {
    lastStatusCheck: lastCheck === null ? null : formatTime(lastCheck),
    remoteStatusChecks: job.remote_status_checks + (isWatched ? since(check.looks, job.looks_from) : 0),
    failedStatusChecks:
      job.failed_status_checks + (isWatched ? since(check.failed_looks, job.failed_looks_from) : 0),
  };
}
