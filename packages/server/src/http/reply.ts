import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Representation } from './polling/representation.ts';

/** Extra headers of an answer. */
export type ReplyHeaders = Readonly<Record<string, string | number | string[]>>;

/** What a handler answers with: a result for the envelope, one that is rendered already, raw content, or a stream. */
export type Reply<Result = unknown> = ResultReply<Result> | BytesReply | RenderedReply | StreamReply;

/** A result; the envelope is put around it unless the route is bare. */
export interface ResultReply<Result> {
  readonly kind: 'result';
  /** Default: the status of the route's ordinary success. */
  readonly status?: number;
  /** Default: null. */
  readonly message?: string;
  /** Null where there is none: then the envelope has no `result` key. */
  readonly result: Result;
  readonly headers?: ReplyHeaders;
}

/** Raw content. A stream is destroyed when the caller goes away. */
export interface BytesReply {
  readonly kind: 'bytes';
  /** Default: the status of the route's ordinary success. */
  readonly status?: number;
  readonly body: Readable | Uint8Array | string;
  /** Must name the Content-Type. */
  readonly headers: ReplyHeaders;
}

/** An answer that was rendered before, envelope and all: 304 to a caller that has it. */
export interface RenderedReply {
  readonly kind: 'rendered';
  readonly status?: number;
  readonly representation: Representation;
  readonly headers?: ReplyHeaders;
}

/** An answer that goes on for as long as both sides like; nobody but its writer has to do with it any more. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly status?: number;
  readonly headers?: ReplyHeaders;
  /** Gets the answer once its head is sent. */
  readonly start: (response: ServerResponse) => void;
}

/** An answer with a result. */
export function answer<Result>(
  result: Result,
  more: Omit<ResultReply<Result>, 'kind' | 'result'> = {},
): ResultReply<Result> {
  return { kind: 'result', result, ...more };
}

/** An answer without a result: something was done, and the message says what. */
export function done(message: string): ResultReply<null> {
  return { kind: 'result', result: null, message };
}
