import type { JobEvent } from '@arras/contract';
import { AnswerTimeout } from './answer-clock.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import type { Link } from './link.ts';
import type { Download } from './operation.ts';
import { readSse, SilentStream, type SseBlock } from './sse.ts';

/** What a stream is about: one job, or the jobs that a query chooses. */
export type StreamTarget =
  | { readonly kind: 'job'; readonly id: string }
  | { readonly kind: 'jobs'; readonly query: Readonly<Record<string, string | undefined>> };

/** An event, and the position of the stream after it. */
export interface StreamedEvent {
  readonly kind: 'event';
  readonly event: JobEvent;
  readonly cursor: string;
}

/** Something about a job changed that is no event: progress, a stop that was asked for, whether its system answers. */
export interface StreamedChange {
  readonly kind: 'changed';
  readonly jobId: string;
}

/** What happened before is out of reach: read the state anew; the stream goes on from `cursor`. */
export interface StreamedReset {
  readonly kind: 'reset';
  readonly reason: string;
  readonly cursor: string;
}

/** A message of a stream; `opened` is its first byte, and `end` says that nothing more will come. */
export type StreamMessage =
  | { readonly kind: 'opened' }
  | { readonly kind: 'position'; readonly cursor: string }
  | StreamedEvent
  | StreamedChange
  | StreamedReset
  | { readonly kind: 'end' };

/** Streams cannot be had here and now, although the service may answer: something else has to do. */
export class StreamUnavailable extends Error {
  override readonly name = 'StreamUnavailable';
}

/** Where to begin a stream, and when to leave it. */
export interface StreamStart {
  /** Null for the beginning. */
  readonly position: string | null;
  readonly signal?: AbortSignal | undefined;
  /** Tries although the last stream did not come through: for those who have nothing else. */
  readonly insists?: boolean;
}

/**
 * The messages of one connection. Returns after `end` only.
 *
 * @throws UnreachableFailure when the connection is lost, ApiFailure for the service's refusal, and
 *   StreamUnavailable when streams do not come through or are none; the link then does without them for a while.
 */
export async function* openStream(
  link: Link,
  target: StreamTarget,
  start: StreamStart,
): AsyncGenerator<StreamMessage, void> {
  if (!link.gate.isOpen && start.insists !== true)
    throw new StreamUnavailable('streams did not come through a moment ago');
  try {
    yield* readMessages(link, await request(link, target, start));
  } catch (error) {
    start.signal?.throwIfAborted();
    throw explain(link, error);
  }
}

async function request(link: Link, target: StreamTarget, start: StreamStart): Promise<Download> {
  const { signal, position } = start;
  const headers = { 'last-event-id': position ?? undefined };
  const download =
    target.kind === 'job'
      ? await link.open('streamJobEvents', { params: { id: target.id }, headers, signal })
      : await link.open('streamEvents', { query: target.query, headers, signal });
  if (download.mediaType?.startsWith('text/event-stream') === true) return download;
  download.stream.cancel().catch(() => undefined);
  throw new StreamUnavailable(`expected text/event-stream, got ${download.mediaType ?? 'no content type'}`);
}

async function* readMessages(link: Link, { stream }: Download): AsyncGenerator<StreamMessage, void> {
  let isOpen = false;
  try {
    for await (const blocks of readSse(stream, link.times)) {
      if (!isOpen) yield { kind: 'opened' };
      isOpen = true;
      for (const block of blocks) {
        const message = readBlock(block);
        if (message !== null) yield message;
        if (message?.kind === 'end') return;
      }
    }
  } catch (error) {
    if (error instanceof SilentStream && !isOpen) throw new StreamUnavailable(error.message);
    throw new UnreachableFailure(link.url, error);
  }
  throw new UnreachableFailure(link.url, new Error('the stream broke off'));
}

/** Names that a later service may add are passed over. */
function readBlock({ event, data, lastEventId: cursor }: SseBlock): StreamMessage | null {
  if (data === null) return cursor === '' ? null : { kind: 'position', cursor };
  switch (event) {
    case 'event':
      return { kind: 'event', event: JSON.parse(data), cursor };
    case 'changed':
      return { kind: 'changed', jobId: JSON.parse(data).jobId };
    case 'reset':
      return { kind: 'reset', ...JSON.parse(data) };
    case 'end':
      return { kind: 'end' };
    default:
      return null;
  }
}

/** Answers to addresses that an older service or a proxy does not know. */
const NO_SUCH_STREAM: readonly number[] = [404, 405, 406, 501];

/** A stream is asked for again no sooner than this when the service has too many, in milliseconds. */
const CROWDED_MS = 10_000;

function explain(link: Link, error: unknown): unknown {
  const unavailable = toUnavailable(error);
  if (unavailable === null) return error;
  const isCrowded = error instanceof ApiFailure && error.code === 'stream.too-many';
  const durationMs = isCrowded ? Math.max(error.retryAfterMs ?? 0, CROWDED_MS) : link.times.pollForMs;
  link.gate.closeFor(durationMs, { isAsked: isCrowded });
  return unavailable;
}

function toUnavailable(error: unknown): StreamUnavailable | null {
  if (error instanceof StreamUnavailable) return error;
  const isAbsent =
    error instanceof ApiFailure &&
    (error.code === 'stream.too-many' ||
      (NO_SUCH_STREAM.includes(error.status) && error.code !== 'job.not-found'));
  // Some proxies hold even the head of an answer back until it is complete.
  const isHeld = error instanceof UnreachableFailure && error.cause instanceof AnswerTimeout;
  return isAbsent || isHeld ? new StreamUnavailable(error.message, { cause: error }) : null;
}
