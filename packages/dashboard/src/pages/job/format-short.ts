import { formatDuration } from '../../ui/quantities.ts';

/** `17ms`, `1.4s`, `18s`, `2m 10s`: durations of which fractions of a second count. Never below zero. */
export function formatShort(ms: number): string {
  if (ms < 995) return `${Math.max(0, Math.round(ms))}ms`;
  return ms < 9_950 ? `${(ms / 1_000).toFixed(1)}s` : formatDuration(ms / 1_000);
}
