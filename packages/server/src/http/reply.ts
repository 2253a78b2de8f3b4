import type { Readable } from 'node:stream';

/** Extra headers of an answer. */
export type ReplyHeaders = Readonly<Record<string, string | number>>;

/** What a handler answers with: a result for the envelope, or raw content. */
export type Reply<Result = unknown> = ResultReply<Result> | BytesReply;

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
