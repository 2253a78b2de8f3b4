import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SystemCheckRow } from './tables.ts';

/** What is known of a system by looking at it. */
export type ShownCheck = Pick<
  SystemCheckRow,
  'seen_at' | 'failing_since' | 'message' | 'looks' | 'failed_looks' | 'next_look_at' | 'waits'
>;

/** What views of jobs show of the system that a job runs on. */
export interface ShownSystem {
  readonly executionType: string | null;
  readonly scheduler: string | null;
  /** Null: it was never looked at. */
  readonly check: ShownCheck | null;
}

/** The systems with these ids, deleted or not, and how well they answer; one query. */
export async function findShownSystems(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ShownSystem>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('systems')
    .leftJoin('system_checks', 'system_checks.system_id', 'systems.id')
    .select([
      'systems.id',
      sql<string | null>`systems.definition ->> 'executionType'`.as('executionType'),
      sql<string | null>`systems.definition ->> 'scheduler'`.as('scheduler'),
      'system_checks.system_id',
      'system_checks.seen_at',
      'system_checks.failing_since',
      'system_checks.message',
      'system_checks.looks',
      'system_checks.failed_looks',
      'system_checks.next_look_at',
      'system_checks.waits',
    ])
    .where('systems.id', '=', sql<string>`any(${[...ids]}::text[])`)
    .execute();
  return new Map(
    rows.map(({ id, executionType, scheduler, system_id, looks, failed_looks, ...check }) => {
      const isKnown = system_id !== null;
      return [
        id,
        {
          executionType,
          scheduler,
          check: isKnown ? { ...check, looks: looks ?? 0, failed_looks: failed_looks ?? 0 } : null,
        },
      ] as const;
    }),
  );
}
