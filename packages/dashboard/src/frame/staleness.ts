import type { LiveState } from '../live/live.ts';

/** Older values are shown in grey, in milliseconds. */
const STALE_MS = 30_000;

/** True when what is shown is too old to be believed. */
export function isStale({ state, asOf }: LiveState, nowMs: number): boolean {
  return state !== 'live' && nowMs - asOf > STALE_MS;
}
