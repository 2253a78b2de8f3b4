import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import type { EndCause } from '../domain/end-cause.ts';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';

/** What the accounting says about a program that has ended. */
export interface AccountedJob {
  readonly id: JobId;
  readonly owner: string;
  readonly cause: EndCause | null;
  readonly seconds: number | null;
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
}

/** Stores what programs used; their accounting has said all that it will. */
export async function storeUsage(db: Db, jobs: readonly AccountedJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql`
    update jobs
    set used_seconds = a.seconds,
      -- That a short program has started may have become known by its end only.
      start_time = case when start_time > remote_ended - interval '1 second'
        then greatest(submit_time, remote_ended - a.seconds * interval '1 second') else start_time end,
      used_cpu_seconds = a."cpuSeconds",
      used_memory_bytes = a."memoryBytes",
      -- A stop that was asked for explains the end already.
      end_cause = case when stop_requested is null then coalesce(end_cause, a.cause) else end_cause end,
      account_until = null
    from jsonb_to_recordset(${JSON.stringify(jobs)}::jsonb)
      as a (id text, cause text, seconds integer, "cpuSeconds" float8, "memoryBytes" bigint)
    where jobs.id = a.id and jobs.account_until is not null`.execute(db);
  for (const { id, owner } of jobs) announce(db, { kind: 'job', id, owner });
}

/** Gives up on jobs of a system whose accounting has not told what they used in time. */
export async function giveUpAccounts(db: Db, systemId: string): Promise<void> {
  await sql`
    update jobs
    set account_until = null
    where execution_system = ${systemId} and account_until <= clock_timestamp()`.execute(db);
}
