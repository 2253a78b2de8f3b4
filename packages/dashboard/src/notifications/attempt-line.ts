import type { AttemptRow } from './read-attempts.ts';

/** One mark of the line of a delivery's attempts. */
export interface Mark {
  readonly attempt: AttemptRow;
  /** Seconds since the attempt before it; null: it is the first that is shown. */
  readonly gapSeconds: number | null;
}

/** The line of a delivery's attempts. */
export interface AttemptLine {
  readonly marks: readonly Mark[];
  /** Attempts before the first mark that are not drawn. */
  readonly folded: number;
}

/** More marks than this do not fit; the last ones count. */
const MOST_MARKS = 10;

/** The attempts of a delivery, oldest first, as a line of time. */
export function attemptLineOf(attempts: readonly AttemptRow[]): AttemptLine {
  const shown = attempts.slice(-MOST_MARKS);
  const marks = shown.map((attempt, index) => {
    const before = shown[index - 1];
    const gapMs = before === undefined ? null : Date.parse(attempt.startTime) - Date.parse(before.startTime);
    return { attempt, gapSeconds: gapMs === null ? null : Math.max(0, gapMs / 1_000) };
  });
  return { marks, folded: attempts.length - shown.length };
}

const MINUTE = 60;
const HOUR = 3_600;

/** How long a gap is drawn: retries lie seconds and hours apart, so its width says the order of magnitude only. */
export function gapWidth(seconds: number): 'short' | 'medium' | 'long' {
  if (seconds < MINUTE) return 'short';
  return seconds < HOUR ? 'medium' : 'long';
}
