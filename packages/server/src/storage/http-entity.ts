import { type HttpAnswer, headerOf } from './http-call.ts';
import { type ByteRange, StorageError } from './storage.ts';

/** What an answer's head tells of the file. */
export interface Entity {
  /** Length of the whole file; null when the server does not tell. */
  readonly sizeBytes: number | null;
  readonly modifiedAt: Date;
  /** What proves to the server that the rest of the same file is wanted; null when nothing does. */
  readonly validator: string | null;
}

/** `bytes 200-999/67589`, `bytes 0-9/*`, of 416 `bytes *\/47022` (RFC 9110 section 14.4) */
const CONTENT_RANGE = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/;

/** Reads the head of an answer with the status 200, 206 or 416. */
export function readEntity(answer: Pick<HttpAnswer, 'statusCode' | 'headers'>): Entity {
  const modified = Date.parse(headerOf(answer, 'last-modified') ?? '');
  const etag = headerOf(answer, 'etag');
  const lastModified = headerOf(answer, 'last-modified');
  return {
    sizeBytes: wholeSize(answer),
    modifiedAt: new Date(Number.isNaN(modified) ? 0 : modified),
    // A weak one, W/"…", does not promise the same bytes (RFC 9110 section 13.1.5).
    validator: etag !== null && !etag.startsWith('W/') ? etag : lastModified,
  };
}

function wholeSize(answer: Pick<HttpAnswer, 'statusCode' | 'headers'>): number | null {
  if (answer.statusCode !== 200) return toLength(parseContentRange(answer)?.total ?? null);
  return toLength(headerOf(answer, 'content-length'));
}

function toLength(text: string | null): number | null {
  const length = text === null || !/^\d{1,16}$/.test(text) ? Number.NaN : Number(text);
  return Number.isSafeInteger(length) ? length : null;
}

function parseContentRange(answer: Pick<HttpAnswer, 'headers'>) {
  const match = CONTENT_RANGE.exec(headerOf(answer, 'content-range') ?? '');
  return match === null ? null : { start: match[1] ?? null, total: match[3] ?? null };
}

/** Where the body of an answer begins in the file. Throws StorageError `corrupt` when it is not what was asked for. */
export function startOf(
  answer: Pick<HttpAnswer, 'statusCode' | 'headers'>,
  asked: number,
  what: string,
): number {
  if (answer.statusCode !== 206) return 0;
  const start = toLength(parseContentRange(answer)?.start ?? null);
  if (start === asked) return start;
  throw new StorageError('corrupt', `${what}: the server sends other bytes than those from ${asked} on`);
}

/** `bytes=500-`, `bytes=500-999` */
export function renderRange({ start, end }: ByteRange): string {
  return `bytes=${start}-${end ?? ''}`;
}
