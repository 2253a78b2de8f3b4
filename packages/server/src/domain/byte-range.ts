/** What a Range header asks of a file of a known length. */
export type RangeRequest =
  | { readonly kind: 'whole' }
  /** Both ends inclusive and inside the file. */
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'unsatisfiable' };

/** `bytes=0-99`, `bytes=100-`, `bytes=-100`; of several ranges the first counts (spec/jobs.md section 10). */
const RANGE = /^bytes=\s*(?:([0-9]{1,15})-([0-9]{0,15})|-([0-9]{1,15}))\s*(?:,.*)?$/;

/**
 * Reads a Range header as RFC 9110 section 14.1.2 says: an end past the last byte is cut to it, and a header that
 * cannot be understood counts as absent. The original refused both.
 */
export function parseByteRange(header: string | undefined, length: number): RangeRequest {
  const match = RANGE.exec(header ?? '');
  if (match === null) return { kind: 'whole' };
  const [, first, last, suffix] = match;
  const range =
    suffix === undefined ? between(Number(first), last, length) : lastBytes(Number(suffix), length);
  if (range === null) return { kind: 'whole' };
  const { start, end } = range;
  return start < length && start <= end ? { kind: 'part', start, end } : { kind: 'unsatisfiable' };
}

/** null when the end lies before the start, which makes the header invalid. */
function between(
  start: number,
  last: string | undefined,
  length: number,
): { start: number; end: number } | null {
  const end = last === undefined || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (last !== undefined && last !== '' && Number(last) < start) return null;
  return { start, end };
}

function lastBytes(count: number, length: number): { start: number; end: number } {
  // `bytes=-0` asks for nothing, which no answer can carry.
  return count === 0
    ? { start: length, end: length }
    : { start: Math.max(0, length - count), end: length - 1 };
}
