import { HISTORY_TEXTS, type JobStatus } from '@arras/contract';
import { type EndCause, explainEnd } from './end-cause.ts';

/** What the verdict needs to know about a job. */
export interface EndingJob {
  readonly status: JobStatus;
  readonly archive: boolean;
  readonly archive_on_app_error: boolean;
  readonly stop_requested: 'STOPPED' | 'KILLED' | 'FAILED' | null;
  readonly stop_reason: string | null;
}

/** How a program ended: with positive proof, or without an exit status and why we know that it is gone. */
export type Ending =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly cause?: EndCause | null }
  | { readonly kind: 'lost'; readonly reason: string; readonly cause?: EndCause | null };

/** The moves that tell a job's end. */
export interface EndMove {
  readonly to: JobStatus;
  readonly description?: string;
}

/** FINISHED and nothing else claims success. */
const SUCCESS = 0;

/**
 * The true verdict (RELIABILITY P6): success only on proof of exit code 0; a missing exit status is a
 * failure with the reason. A stop that was asked for explains the end, whatever the exit code (DECISIONS,
 * "stop and kill").
 */
export function judgeEnd(job: EndingJob, ending: Ending): readonly [EndMove, ...EndMove[]] {
  if (job.stop_requested !== null) return [stopMove(job, job.stop_requested)];
  const moves =
    ending.kind === 'exited' && ending.exitCode === SUCCESS ? succeeded(job) : failed(job, ending);
  // An exit code proves that the program ran, also when nobody saw it run.
  return job.status === 'QUEUED' && ending.kind === 'exited' ? [{ to: 'RUNNING' }, ...moves] : moves;
}

function failed(job: EndingJob, ending: Ending): readonly [EndMove, ...EndMove[]] {
  const failure = { to: 'FAILED', description: describeFailure(ending) } as const;
  const cleaningUp = { to: 'CLEANING_UP', description: describeFailure(ending) } as const;
  return job.archive && job.archive_on_app_error ? [cleaningUp] : [{ to: 'CLEANING_UP' }, failure];
}

function succeeded(job: EndingJob): readonly [EndMove, ...EndMove[]] {
  const cleaningUp = { to: 'CLEANING_UP' } as const;
  if (job.archive) return [cleaningUp];
  return [cleaningUp, { to: 'FINISHED', description: HISTORY_TEXTS.finishedWithoutArchive }];
}

/**
 * The cause to keep of an end. A stop that was asked for is one of ours, whatever the scheduler calls it; the service
 * itself stops jobs that are over their limit.
 */
export function causeToKeep(job: Pick<EndingJob, 'stop_requested'>, ending: Ending): EndCause | null {
  if (job.stop_requested === 'FAILED') return 'time-limit';
  return job.stop_requested === null ? (ending.cause ?? null) : null;
}

function stopMove(job: EndingJob, to: NonNullable<EndingJob['stop_requested']>): EndMove {
  return job.stop_reason === null ? { to } : { to, description: job.stop_reason };
}

/**
 * The sentence a failed job shows. A cause that the scheduler names comes with its condition code and with what to do;
 * exit codes above 128 name the signal's number (POSIX shell, 2.8.2).
 */
export function describeFailure(ending: Ending): string {
  const exitCode = ending.kind === 'exited' ? ending.exitCode : null;
  const { condition, sentence, action } = explainEnd({ exitCode, cause: ending.cause ?? null });
  if (ending.cause) return `Job failed: ${sentence} (${condition}).${action === null ? '' : ` ${action}`}`;
  if (ending.kind === 'lost') return `Job failed: ${ending.reason}.`;
  const code = condition === 'PROGRAM_SIGNALLED' ? `, exit code ${ending.exitCode}` : '';
  return `Job failed: ${sentence}${code}.`;
}

/** Good answers in a row that found nothing of a try before it is given up (RELIABILITY R7). */
export const ABSENCES_NEEDED = 3;
/** Milliseconds that those answers must span at least. */
export const ABSENCE_SPAN_MS = 60_000;

/** Whether a try of which nothing was found has been looked for often and long enough. */
export function isGivenUp(absence: { readonly count: number; readonly sinceMs: number }): boolean {
  return absence.count >= ABSENCES_NEEDED && absence.sinceMs >= ABSENCE_SPAN_MS;
}
