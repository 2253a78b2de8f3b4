/** Finds a text in lines. */
export interface LogMatcher {
  /** True when a line contains it. */
  readonly test: (line: string) => boolean;
  /** Where a line contains it, in order and without overlaps. */
  readonly ranges: (line: string) => readonly (readonly [from: number, to: number])[];
}

/** More is cut off: nobody types it, and matching costs time for each character. */
const LONGEST_QUERY = 1_000;

/** Capitals count when the query has some. null for an empty query. */
export function createMatcher(query: string): LogMatcher | null {
  if (query === '') return null;
  const literal = query.slice(0, LONGEST_QUERY).replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const hasCapitals = query !== query.toLowerCase();
  const once = new RegExp(literal, hasCapitals ? 'u' : 'iu');
  const all = new RegExp(literal, hasCapitals ? 'gu' : 'giu');
  return {
    test: (line) => once.test(line),
    ranges: (line) => Array.from(line.matchAll(all), ({ 0: found, index }) => [index, index + found.length]),
  };
}
