import type { EngineContext } from './context.ts';

/**
 * Why one of the systems that data comes from or goes to cannot be reached now, found out before anything is moved; null
 * when all can. One that is gone or disabled is no reason to wait: whoever uses it says so.
 */
export async function whyAway(context: EngineContext, systemIds: Iterable<string>): Promise<string | null> {
  for (const systemId of new Set(systemIds)) {
    const place = await context.targets.getPlace(systemId).catch(() => null);
    const why = (await place?.whyUnreachable()) ?? null;
    if (why !== null) return `system ${systemId} cannot be reached: ${why}`;
  }
  return null;
}
