import type { HealthStatus } from '@arras/contract';

/**
 * Uses in a row that have to fail before a part of a system is called down. One failure may be the network's, or the one
 * command that came while the host restarted; who is told `down` looks, so it has to be worth it.
 */
export const FAILURES_TO_BE_DOWN = 3;

/** How a part answers whose last uses failed this often in a row. */
export function healthStatusOf(failures: number): HealthStatus {
  if (failures === 0) return 'ok';
  return failures < FAILURES_TO_BE_DOWN ? 'degraded' : 'down';
}

/** The worst of some parts, and since when: of the bad ones the one that began first, of good ones the last. */
export function worstHealth(parts: readonly { readonly failures: number; readonly since: Date }[]): {
  readonly status: HealthStatus | 'unknown';
  readonly since: Date | null;
} {
  const status = ORDER.find((each) => parts.some(({ failures }) => healthStatusOf(failures) === each));
  if (status === undefined) return { status: 'unknown', since: null };
  const times = parts
    .filter(({ failures }) => healthStatusOf(failures) === status)
    .map(({ since }) => since.getTime());
  return { status, since: new Date(status === 'ok' ? Math.max(...times) : Math.min(...times)) };
}

const ORDER: readonly HealthStatus[] = ['down', 'degraded', 'ok'];
