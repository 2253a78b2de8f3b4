import { type RawBuilder, sql } from 'kysely';
import { type QueuedTask, taskKey } from '../domain/tasks.ts';
import type { Db } from './connection.ts';

interface TaskSpec {
  readonly task: string;
  readonly subject: string;
  readonly key: string;
  readonly delay_ms: number;
}

function toSpec(queued: QueuedTask): TaskSpec {
  return {
    task: queued.task,
    subject: queued.subject,
    key: taskKey(queued.task, queued.subject),
    delay_ms: queued.delayMs ?? 0,
  };
}

/**
 * The tasks as an array of graphile-worker's `job_spec`, for use inside a larger statement. Waiting tasks
 * with the same key are replaced; a running one gets a successor, so a bell rung meanwhile is not lost.
 */
export function taskSpecs(tasks: readonly QueuedTask[]): RawBuilder<unknown> {
  return sql`array(
    select row(
      t.task,
      json_build_object('subject', t.subject),
      null,
      clock_timestamp() + t.delay_ms * interval '1 millisecond',
      null,
      t.key,
      null,
      null
    )::graphile_worker.job_spec
    from jsonb_to_recordset(${JSON.stringify(tasks.map(toSpec))}::jsonb)
      as t (task text, subject text, key text, delay_ms double precision)
  )`;
}

/** Queues tasks; inside a transaction they appear when it commits. */
export async function queueTasks(db: Db, tasks: readonly QueuedTask[]): Promise<void> {
  if (tasks.length === 0) return;
  await sql`select count(*) from graphile_worker.add_jobs(${taskSpecs(tasks)})`.execute(db);
}

/** Gives back the tasks a dead replica's workers hold; without it they stay locked for four hours. */
export async function unlockWorkers(db: Db, workerIds: readonly string[]): Promise<void> {
  if (workerIds.length === 0) return;
  await sql`select graphile_worker.force_unlock_workers(${[...workerIds]}::text[])`.execute(db);
}
