import type { GroupedLine } from './grouping.ts';
import type { RowPlace } from './row-pages.ts';

/** A line of the table: a job, a heading of a group, or a place whose page is on its way. */
export type TableLine = RowPlace | GroupedLine;

/** The job of a line; null for headings and places that are on their way. */
export function jobOfLine(line: TableLine | undefined): string | null {
  return line?.kind === 'row' ? line.id : null;
}

/**
 * The line that the keyboard goes to from `current` by `step` lines: headings are passed over. Without a current line
 * it is the first one downwards and the last one upwards; at an end it stays.
 */
export function findNextJob(
  lines: readonly TableLine[],
  current: string | null,
  step: number,
): string | null {
  const at = current === null ? -1 : lines.findIndex((line) => jobOfLine(line) === current);
  const direction = step < 0 ? -1 : 1;
  const start = at < 0 ? (direction > 0 ? -1 : lines.length) : at;
  const target = Math.min(lines.length - 1, Math.max(0, start + step));
  return firstJob(lines, target, direction) ?? firstJob(lines, target, -direction) ?? current;
}

function firstJob(lines: readonly TableLine[], from: number, direction: number): string | null {
  for (let index = from; index >= 0 && index < lines.length; index += direction) {
    const id = jobOfLine(lines[index]);
    if (id !== null) return id;
  }
  return null;
}
