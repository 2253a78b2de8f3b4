import { JOB_EVENT_DESCRIPTIONS, type JobId } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import type { MovedJob, NewJobEvent } from '../database/job-events.ts';
import { appendJobEvents, insertJob, setJobVisible } from '../database/jobs.ts';
import type { JobRow, NewJob } from '../database/tables.ts';
import type { NewId } from '../domain/id-source.ts';
import { LIFECYCLE } from '../domain/lifecycle.ts';
import { SWEEP_AFTER_MS } from '../domain/tasks.ts';

/** A job about to be accepted; status, sequence and times are set here. */
export type AcceptedJob = Omit<NewJob, 'status' | 'seq' | 'last_message' | 'next_at' | 'deadline_at'>;

/**
 * Stores a new job with its first two events and rings for its first task, all in the caller's transaction.
 * CREATED fires with PENDING (DECISIONS, "Statuses") but stays out of the history, which the guide begins
 * with PENDING.
 */
export async function acceptJob(
  tx: Db,
  request: { readonly job: AcceptedJob; readonly newId: NewId; readonly deadlineMs: number },
): Promise<JobRow> {
  const { job, newId } = request;
  const description = JOB_EVENT_DESCRIPTIONS.PENDING;
  // Without inputs there is nothing to stage: the job can go straight to its submission.
  const hasNoInputs = job.inputs === '{}';
  const first = { status: 'PENDING', transferId: null, createdBy: job.owner } as const;
  const events: readonly NewJobEvent[] = [
    {
      ...first,
      id: newId('jobEvent'),
      name: 'CREATED',
      description: JOB_EVENT_DESCRIPTIONS.CREATED,
      inHistory: false,
    },
    { ...first, id: newId('jobEvent'), name: 'PENDING', description, inHistory: true },
  ];
  return insertJob(tx, {
    job: { ...job, status: 'PENDING', seq: events.length, last_message: description },
    events,
    tasks: [{ task: hasNoInputs ? 'submit' : LIFECYCLE.PENDING.task, subject: job.id }],
    lookAfterMs: SWEEP_AFTER_MS,
    deadlineMs: request.deadlineMs,
  });
}

/** Hides a job and says so in its history. Returns false when it was hidden already. */
export async function deleteJob(
  tx: Db,
  request: { readonly jobId: JobId; readonly by: string; readonly newId: NewId; readonly job: JobRow },
): Promise<boolean> {
  if (!(await setJobVisible(tx, request.jobId, false))) return false;
  await appendJobEvents(tx, request.jobId, [
    {
      id: request.newId('jobEvent'),
      name: 'DELETED',
      status: request.job.status,
      description: JOB_EVENT_DESCRIPTIONS.DELETED,
      inHistory: true,
      transferId: null,
      createdBy: request.by,
    },
  ]);
  return true;
}

/** Brings a hidden job back and writes that down. Returns false when it was not hidden. */
export async function restoreJob(
  tx: Db,
  { job, by, newId }: { readonly job: JobRow; readonly by: string; readonly newId: NewId },
): Promise<boolean> {
  if (!(await setJobVisible(tx, job.id, true))) return false;
  await recordJobEvent(tx, newId, { job, name: 'UPDATED', description: 'The job was brought back', by });
  return true;
}

/** Something that happened to a job without changing its status. */
export interface JobHappening {
  readonly job: Pick<JobRow, 'id' | 'status'>;
  readonly name: string;
  readonly description: string;
  /** What travels with the event beside the job. */
  readonly data?: unknown;
  readonly by: string;
}

/** Writes it down in the job's history and tells subscribers; null when there is no such job. */
export async function recordJobEvent(
  tx: Db,
  newId: NewId,
  { job, name, description, data, by }: JobHappening,
): Promise<MovedJob | null> {
  const event = { id: newId('jobEvent'), name, status: job.status, description, createdBy: by };
  return appendJobEvents(tx, job.id, [
    { ...event, inHistory: true, transferId: null, ...(data !== undefined && { data }) },
  ]);
}
