import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import { TERMINAL_STATUSES } from '../domain/lifecycle.ts';
import type { Db } from './connection.ts';

export interface JobMessagesTable {
  job_id: JobId;
  try: number;
  /** 19 digits: more than a JavaScript number holds. */
  number: string;
}

/**
 * Writes down that a message is taken in; false when it was before. A transaction that takes in the same one at the same
 * time is waited for.
 */
export async function claimMessage(
  tx: Db,
  message: { readonly jobId: JobId; readonly tryNumber: number; readonly number: string },
): Promise<boolean> {
  const row = await tx
    .insertInto('job_messages')
    .values({ job_id: message.jobId, try: message.tryNumber, number: message.number })
    .onConflict((oc) => oc.doNothing())
    .returning('try')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a message was taken in. */
export async function isMessageKnown(
  db: Db,
  message: { readonly jobId: JobId; readonly tryNumber: number; readonly number: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('job_messages')
    .select('try')
    .where('job_id', '=', message.jobId)
    .where('try', '=', message.tryNumber)
    .where('number', '=', message.number)
    .executeTakeFirst();
  return row !== undefined;
}

/** Forgets the messages of some ended jobs. Returns how many rows are gone. */
export async function forgetMessages(db: Db): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from job_messages
    where job_id in (
      select distinct m.job_id
      from job_messages m
      join jobs j on j.id = m.job_id
      where j.status = any(${[...TERMINAL_STATUSES]}::text[])
      limit 100
    )`.execute(db);
  return Number(numAffectedRows ?? 0);
}
