import { type ConnectionState, keepConnected } from './connection.ts';
import { ApiFailure, UnreachableFailure } from './failure.ts';
import type { Link } from './link.ts';
import {
  openStream,
  type StreamedChange,
  type StreamedEvent,
  type StreamedReset,
  StreamUnavailable,
} from './open-stream.ts';

/** Which events, and from where on. */
export interface EventsOptions {
  /** The `cursor` of the last event that was taken. Default: from now on. */
  readonly since?: string | undefined;
  /** Only of these jobs, at most 300; the stream ends when they all have. */
  readonly ids?: readonly string[] | undefined;
  /** Only of jobs that a saved filter of yours chooses, by its name. */
  readonly saved?: string | undefined;
  /** Only of jobs that search parameters choose, such as `{ 'status.eq': 'RUNNING' }`. */
  readonly search?: Readonly<Record<string, string>> | undefined;
  /** How long the service may be away before the stream fails, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The stream begins here: the position to resume from while no event has come. */
export interface StreamBegun {
  readonly kind: 'begun';
  readonly cursor: string;
}

/** What a stream of many jobs tells. */
export type EventsNews = StreamedEvent | StreamedChange | StreamedReset | StreamBegun | ConnectionState;

/** The service is there, but its streams are not: too old, or a proxy holds them back. */
export class StreamFailure extends Error {
  override readonly name = 'StreamFailure';
}

/**
 * Events of all your jobs, or of those chosen, as they happen and in the order in which they were committed, each
 * once. Connections that are lost are resumed; where that is not possible there is a `reset`.
 *
 * @throws StreamFailure, UnreachableFailure when the service stays away, ApiFailure when it refuses.
 */
export async function* streamEvents(
  link: Link,
  options: EventsOptions = {},
): AsyncGenerator<EventsNews, void> {
  const { ids, saved, search, signal } = options;
  const query = { ...search, saved, ids: ids?.join(',') };
  const contact = link.contact(options.patienceMs);
  let position = options.since ?? null;
  let isProven = false;
  const session = async function* (): AsyncGenerator<EventsNews, void> {
    try {
      const start = { position, signal, insists: true };
      for await (const message of openStream(link, { kind: 'jobs', query }, start)) {
        contact.made();
        isProven = true;
        const isFirst = position === null;
        if ('cursor' in message) position = message.cursor;
        if (message.kind === 'opened') yield { kind: 'connected' };
        else if (message.kind === 'position' && isFirst) yield { kind: 'begun', cursor: message.cursor };
        else if (message.kind !== 'position' && message.kind !== 'end') yield message;
      }
    } catch (error) {
      if (!(error instanceof StreamUnavailable)) throw error;
      throw toFailure(error, isProven ? link.url : null);
    }
  };
  yield* keepConnected<EventsNews>(session, { contact, signal });
}

/** A way that has carried a stream before is broken and not closed: the service may hang. */
function toFailure(error: StreamUnavailable, provenUrl: string | null): Error {
  if (error.cause instanceof ApiFailure) return error.cause;
  if (provenUrl !== null) return new UnreachableFailure(provenUrl, error);
  return new StreamFailure(`No stream can be had: ${error.message}`, { cause: error.cause });
}
