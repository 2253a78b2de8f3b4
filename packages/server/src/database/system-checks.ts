import { sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { SystemCheckRow } from './tables.ts';

/** The system has told how its programs are. */
export async function recordSystemAnswer(db: Db, systemId: string): Promise<void> {
  await db
    .insertInto('system_checks')
    .values({ system_id: systemId, seen_at: sql`clock_timestamp()`, looks: 1 })
    .onConflict((oc) =>
      oc.column('system_id').doUpdateSet({
        seen_at: sql`clock_timestamp()`,
        failing_since: null,
        message: null,
        looks: sql`system_checks.looks + 1`,
      }),
    )
    .execute();
  announce(db, { kind: 'system', id: systemId });
}

/** The system was asked and did not answer; `message` says why, for the owners of its jobs. */
export async function recordSystemSilence(db: Db, systemId: string, message: string): Promise<void> {
  await db
    .insertInto('system_checks')
    .values({ system_id: systemId, failing_since: sql`clock_timestamp()`, message, failed_looks: 1 })
    .onConflict((oc) =>
      oc.column('system_id').doUpdateSet({
        failing_since: sql`coalesce(system_checks.failing_since, clock_timestamp())`,
        message,
        failed_looks: sql`system_checks.failed_looks + 1`,
      }),
    )
    .execute();
  announce(db, { kind: 'system', id: systemId });
}

/** What is known of these systems, by id; those that were never looked at are absent. */
export async function findSystemChecks(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, SystemCheckRow>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('system_checks')
    .selectAll()
    .where('system_id', 'in', [...ids])
    .execute();
  return new Map(rows.map((row) => [row.system_id, row]));
}
