import type { PartHealth, SystemHealthView } from '@arras/contract';
import type { Db } from '../../database/connection.ts';
import { findSystemHealth, type ShownPart } from '../../database/system-health.ts';
import { healthStatusOf, worstHealth } from '../../domain/system-health.ts';
import type { ViewContext } from '../../events/view-context.ts';

/** Adds to views of systems how these answer; one query. */
export async function withHealth<View extends { readonly id: string }>(
  context: Pick<ViewContext, 'formatTime'> & { readonly db: Db },
  systems: readonly View[],
): Promise<(View & { readonly health: SystemHealthView })[]> {
  const known = await findSystemHealth(
    context.db,
    systems.map(({ id }) => id),
  );
  return systems.map((system) => ({ ...system, health: renderHealth(context, known.get(system.id) ?? []) }));
}

function renderHealth(
  { formatTime }: Pick<ViewContext, 'formatTime'>,
  parts: readonly ShownPart[],
): SystemHealthView {
  const { status, since } = worstHealth(parts);
  const latencies = parts.flatMap(({ latency_p95 }) => latency_p95 ?? []);
  return {
    status,
    since: since && formatTime(since),
    latencyP95: latencies.length === 0 ? null : toMilliseconds(Math.max(...latencies)),
    parts: parts.map((part) => renderPart(formatTime, part)),
  };
}

function renderPart(formatTime: ViewContext['formatTime'], part: ShownPart): PartHealth {
  // Looks go in by the login and ask the scheduler; files are not looked at without a reason.
  const nextLook = part.part === 'storage' ? null : part.next_look_at;
  return {
    part: part.part,
    status: healthStatusOf(part.failures),
    since: formatTime(part.since),
    reason: part.reason,
    lastCheck: formatTime(part.checked_at),
    lastOk: part.ok_at && formatTime(part.ok_at),
    nextCheck: nextLook && formatTime(nextLook),
    latencyP95: part.latency_p95 === null ? null : toMilliseconds(part.latency_p95),
    measured: part.measured,
  };
}

/** A tenth is exact enough, also for files of this host. */
function toMilliseconds(value: number): number {
  return Math.round(value * 10) / 10;
}
