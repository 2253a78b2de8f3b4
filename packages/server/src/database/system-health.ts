import type { SystemPart } from '@arras/contract';
import { type Generated, type Selectable, sql } from 'kysely';
import { FAILURES_TO_BE_DOWN } from '../domain/system-health.ts';
import type { Db } from './connection.ts';

/** How a part of a system answers. */
export interface SystemHealthTable {
  system_id: string;
  part: SystemPart;
  failures: Generated<number>;
  since: Generated<Date>;
  reason: string | null;
  checked_at: Generated<Date>;
  ok_at: Date | null;
  latencies: Generated<number[]>;
}

/**
 * Measured uses that are kept of each part: enough that the slowest in twenty are ten, few enough that a part which
 * turned slow shows it after some looks.
 */
const KEPT_LATENCIES = 200;

/** More failures in a row than this are not counted. */
const MOST_FAILURES = 1_000_000;

/** What a process has found of a part of a system since it last said so. */
export interface PartNews {
  readonly systemId: string;
  readonly part: SystemPart;
  /** How often it failed after it last answered, as far as this process knows; 0: it answers. */
  readonly failures: number;
  /** Of the last failure; null: it answers. */
  readonly reason: string | null;
  /** Milliseconds of the uses that answered. */
  readonly latencies: readonly number[];
}

/**
 * Adds to what is known of a part. Processes may tell of one part at the same time: failures of all of them add up until
 * one says that it answers, and their measurements stand in one window.
 */
export async function recordPartNews(
  db: Db,
  { systemId, part, failures, reason, latencies }: PartNews,
): Promise<void> {
  const measured = sql`${latencies.slice(-KEPT_LATENCIES)}::real[]`;
  await sql`
    insert into system_health as known (system_id, part, failures, reason, ok_at, latencies)
    values (${systemId}, ${part}, ${failures}::integer, ${reason},
      case when ${failures}::integer = 0 then clock_timestamp() end, ${measured})
    on conflict (system_id, part) do update
    set failures = case when excluded.failures = 0 then 0
        else least(known.failures + excluded.failures, ${MOST_FAILURES}) end,
      since = case
        when (excluded.failures = 0) = (known.failures = 0)
          and (known.failures >= ${FAILURES_TO_BE_DOWN}
            or known.failures + excluded.failures < ${FAILURES_TO_BE_DOWN})
        then known.since else clock_timestamp() end,
      reason = excluded.reason,
      checked_at = clock_timestamp(),
      ok_at = coalesce(excluded.ok_at, known.ok_at),
      latencies = (known.latencies || excluded.latencies)[
        greatest(1, cardinality(known.latencies) + cardinality(excluded.latencies) - ${KEPT_LATENCIES - 1}):]`.execute(
    db,
  );
}

/** A part of a system with what its measurements come to. */
export interface ShownPart extends Omit<Selectable<SystemHealthTable>, 'latencies'> {
  /** Milliseconds within which 95 of 100 uses were answered; null: none is measured. */
  readonly latency_p95: number | null;
  readonly measured: number;
  /** When the programs on the system are looked at next; null: there are none. */
  readonly next_look_at: Date | null;
}

/** What is known of the parts of these systems, by the id of the system; those of which nothing is known are absent. */
export async function findSystemHealth(
  db: Db,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly ShownPart[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<ShownPart>`
    select h.system_id, h.part, h.failures, h.since, h.reason, h.checked_at, h.ok_at,
      cardinality(h.latencies) as measured,
      (select percentile_disc(0.95) within group (order by l)::float8 from unnest(h.latencies) as l) as latency_p95,
      c.next_look_at
    from system_health h
    left join system_checks c on c.system_id = h.system_id
    where h.system_id = any(${[...ids]}::text[])
    order by h.system_id, array_position(array['login', 'scheduler', 'storage'], h.part)`.execute(db);
  return Map.groupBy(rows, ({ system_id }) => system_id);
}
