import type { Frame } from './frame.ts';

/** Why the service ends a stream. */
export type EndReason =
  /** All was said; `end` came before. */
  | 'complete'
  /** The client does not read what it is sent; it can come back to where it was. */
  | 'slow'
  /** The token does not count any more. */
  | 'revoked'
  /** The job is not shared with the viewer any more. */
  | 'forbidden'
  /** The service stops; another one, or the next, goes on. */
  | 'stopping';

/** Who writes into a sink. */
export interface SinkOwner {
  /** The client can take more. */
  drained(): void;
  /** The client has left (null), or is cut. */
  close(reason: EndReason | null): void;
}

/** The way to one client of one stream. */
export interface Sink {
  /** Begins; the session is told when the client takes more, and when it has left. */
  begin(session: SinkOwner): void;
  /** Puts the frame on its way; false: no more until the session's `drained` is called. */
  write(frame: Frame): boolean;
  /** Bytes that the client has not taken yet. */
  readonly queuedBytes: number;
  /** Ends this stream; whatever is queued for a client that does not read is dropped. */
  end(reason: EndReason): void;
}

/** A client with more than this in its queue is cut, in bytes (RELIABILITY R9). */
export const MAX_QUEUED_BYTES = 1024 * 1024;
/** So is one that takes nothing for this long, in milliseconds. */
export const MAX_BLOCKED_MS = 30_000;
/** Milliseconds between two signs of life. */
export const HEARTBEAT_MS = 15_000;
