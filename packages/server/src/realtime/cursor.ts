import { ApiError } from '@arras/contract';
import { cursorBefore, type FeedCursor } from '../database/feed.ts';

// Places in streams as clients keep them. Samples: `12` in the stream of one job; in that of many jobs `f1-104233`
// before everything at that position, `f1-104233-12-001795506098707000-b4d31dfa-94c6-007` behind that event.

const CURSOR = /^f1-(0|[1-9][0-9]{0,15})(?:-([1-9][0-9]{0,9})-([0-9a-f]+(?:-[0-9a-f]+)+))?$/;
const SEQ = /^(?:0|[1-9][0-9]{0,9})$/;
const MAX_SEQ = 2_147_483_647;

/** The text of a place in the feed over all jobs. */
export function renderCursor({ position, jobId, seq }: FeedCursor): string {
  return jobId === '' ? `f1-${position}` : `f1-${position}-${seq}-${jobId}`;
}

/** Reads what `renderCursor` wrote. Throws ApiError `stream.bad-position` for anything else. */
export function parseCursor(text: string): FeedCursor {
  const [, position, seq, jobId] = CURSOR.exec(text) ?? [];
  const isRight =
    position !== undefined && Number.isSafeInteger(Number(position)) && Number(seq ?? 0) <= MAX_SEQ;
  if (!isRight) throw new ApiError('stream.bad-position');
  if (seq === undefined || jobId === undefined) return cursorBefore(Number(position));
  return { position: Number(position), jobId, seq: Number(seq) };
}

/** Reads a sequence number. Throws ApiError `stream.bad-position` for anything else. */
export function parseSeq(text: string): number {
  if (SEQ.test(text) && Number(text) <= MAX_SEQ) return Number(text);
  throw new ApiError('stream.bad-position');
}

/**
 * Below 0 when `a` comes first. Agrees with the order of the database for ids of the service's own making, which all
 * have one length and dashes in the same places: no collation orders those differently.
 */
export function compareCursors(a: FeedCursor, b: FeedCursor): number {
  if (a.position !== b.position) return a.position - b.position;
  if (a.jobId !== b.jobId) return a.jobId < b.jobId ? -1 : 1;
  return a.seq - b.seq;
}
