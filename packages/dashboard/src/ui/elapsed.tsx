import { nowMs } from './clock.ts';
import { formatMoment } from './format-moment.ts';
import { formatDuration } from './quantities.ts';

/** What {@link Elapsed} shows. */
export interface ElapsedProps {
  readonly from: string | null | undefined;
  /** Absent or null: it goes on, and the duration ticks. */
  readonly to?: string | null | undefined;
}

/** How long something took, or takes so far; `–` when it has not begun. */
export function Elapsed({ from, to }: ElapsedProps) {
  if (from === null || from === undefined) return <span>–</span>;
  const endMs = to === null || to === undefined ? nowMs.value : Date.parse(to);
  const title = `from ${formatMoment(from)}${to ? ` to ${formatMoment(to)}` : ''}`;
  return <span title={title}>{formatDuration((endMs - Date.parse(from)) / 1_000)}</span>;
}
