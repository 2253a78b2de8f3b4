import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import { MONITORED_STATUSES } from '../domain/lifecycle.ts';
import type { LookTimes } from '../domain/look-times.ts';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { JobRow } from './tables.ts';

// When the systems are looked at. The table says it, so that any number of replicas make one look per interval between
// them, and so that whoever sweeps finds a system whose bell was lost. Jobs carry no time of their own meanwhile.

/** Seconds after which a look that has not ended counts for nothing. Dead replicas are found out earlier. */
const LOOK_SECONDS = 300;

const now = sql<Date>`clock_timestamp()`;
const MONITORED = sql.join(MONITORED_STATUSES.map((status) => sql.lit(status)));

/** Jobs that a look at their system is for. */
const isWatched = sql<boolean>`(status in (${MONITORED}) or account_until is not null)`;

/** Takes the look at a system that is due; false when it is not, or when somebody else is looking. */
export async function claimLook(
  db: Db,
  look: { readonly systemId: string; readonly replica: string },
): Promise<boolean> {
  const row = await db
    .updateTable('system_checks')
    .set({
      looker: look.replica,
      looking_until: sql`clock_timestamp() + ${LOOK_SECONDS} * interval '1 second'`,
    })
    .where('system_id', '=', look.systemId)
    .where('next_look_at', '<=', now)
    .where((eb) => eb.or([eb('looking_until', 'is', null), eb('looking_until', '<=', now)]))
    .returning('system_id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Ends a look and sets the next one, none when nothing is left to look at. Returns the milliseconds until then; null:
 * there is none, or this replica was taken for dead meanwhile.
 */
export async function endLook(
  db: Db,
  look: { readonly systemId: string; readonly replica: string; readonly times: LookTimes },
): Promise<number | null> {
  const { systemId, replica, times } = look;
  const { rows } = await sql<{ left_ms: number | null }>`
    update system_checks
    set looker = null,
      looking_until = null,
      next_look_at = case
        -- A job that comes under watch after this statement has begun sets the time itself, after its own commit.
        when exists (select from jobs where execution_system = ${systemId} and status in (${MONITORED}))
          or exists (select from jobs where execution_system = ${systemId} and account_until is not null)
          -- Of changes in quick succession only the first is told, so the looks go on for a while after the last job.
          or changed_at > clock_timestamp() - ${times.quickForMs} * interval '1 millisecond'
        then clock_timestamp() + interval '1 millisecond' * case
          when changed_at > clock_timestamp() - ${times.quickForMs} * interval '1 millisecond'
          then ${times.quickMs}::float8 else ${times.calmMs}::float8 end
      end
    where system_id = ${systemId} and looker = ${replica}
    returning (extract(epoch from next_look_at - clock_timestamp()) * 1000)::float8 as left_ms`.execute(db);
  announce(db, { kind: 'system', id: systemId });
  return rows[0]?.left_ms ?? null;
}

/**
 * One of the system's jobs has changed: it is looked at within `quickMs`. True when that is earlier than planned, so that
 * somebody has to ring for it.
 */
export async function hurryLook(db: Db, systemId: string, quickMs: number): Promise<boolean> {
  const { rows } = await sql<{ hurried: boolean }>`
    insert into system_checks as known (system_id, changed_at, next_look_at)
    values (${systemId}, clock_timestamp(), clock_timestamp() + ${quickMs} * interval '1 millisecond')
    on conflict (system_id) do update
    set changed_at = excluded.changed_at,
      next_look_at = least(known.next_look_at, excluded.next_look_at)
    -- One that was planned a moment later than this is close enough to be rung for as well.
    returning next_look_at > clock_timestamp() + ${quickMs * 0.9} * interval '1 millisecond' as hurried`.execute(
    db,
  );
  announce(db, { kind: 'system', id: systemId });
  return rows[0]?.hurried ?? false;
}

/** Systems whose time has come and that nobody is looking at: one statement, however many jobs there are. */
export async function listDueLooks(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('system_checks')
    .select('system_id')
    .where('next_look_at', '<=', now)
    .where((eb) => eb.or([eb('looking_until', 'is', null), eb('looking_until', '<=', now)]))
    .execute();
  return rows.map((row) => row.system_id);
}

/**
 * Sets a time for systems that have programs and no time, from the jobs alone: a process that died between its job and
 * the time of the look leaves such a system behind.
 */
export async function findForgottenSystems(db: Db): Promise<void> {
  await sql`
    insert into system_checks as known (system_id, changed_at, next_look_at)
    select distinct execution_system, clock_timestamp(), clock_timestamp()
    from jobs
    where status in (${MONITORED})
    on conflict (system_id) do update
    set changed_at = excluded.changed_at, next_look_at = excluded.next_look_at
    where known.next_look_at is null`.execute(db);
}

/** Ends the looks of replicas that are gone. */
export async function releaseLooks(db: Db, replicas: readonly string[]): Promise<void> {
  await db
    .updateTable('system_checks')
    .set({ looker: null, looking_until: null })
    .where('looker', 'in', [...replicas])
    .execute();
}

/** What a look has to know of a job; thousands are read at a time. */
export type WatchedJob = Pick<
  JobRow,
  | 'id'
  | 'owner'
  | 'status'
  | 'try_number'
  | 'work_path'
  | 'local_id'
  | 'batch_queue'
  | 'stop_requested'
  | 'absent_count'
  | 'next_at'
  | 'waiting_reason'
  | 'estimated_start'
  | 'account_until'
>;

/** The jobs whose programs are on one system now, and those that its accounting is still asked about. */
export async function listWatchedJobs(db: Db, systemId: string): Promise<WatchedJob[]> {
  const columns = [
    ...([
      'id',
      'owner',
      'status',
      'try_number',
      'work_path',
      'local_id',
      'batch_queue',
      'stop_requested',
    ] as const),
    ...(['absent_count', 'next_at', 'waiting_reason', 'estimated_start', 'account_until'] as const),
  ] as const;
  return db
    .selectFrom('jobs')
    .select([...columns])
    .where('execution_system', '=', systemId)
    .where(isWatched)
    .execute();
}

/** Takes jobs of watched systems out of the sweep over jobs, which other work had put them into. */
export async function leaveToLooks(db: Db, ids: readonly JobId[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('jobs')
    .set({ next_at: null })
    .where('id', 'in', [...ids])
    .where('status', 'in', [...MONITORED_STATUSES])
    .where('stop_requested', 'is', null)
    .where('lease_until', '<=', now)
    .execute();
}
