import { ApiError, describeValue, type JobId, jobIdSchema, MAX_STREAM_JOBS } from '@arras/contract';
import { compileStreamSearch } from '../../database/streams.ts';
import {
  type JobsRequest,
  type Opening,
  openFeedStream,
  openJobStream,
  refuseChangingFields,
} from '../../realtime/open-stream.ts';
import { SseSink } from '../../realtime/sse-sink.ts';
import type { Handler, HandlerRequest, HandlersOf } from '../handler.ts';
import { readJobSearch } from '../read-job-search.ts';
import { refuseBadPattern } from '../read-search.ts';
import type { StreamReply } from '../reply.ts';

const streamJobEvents: Handler<'streamJobEvents'> = async ({ context, viewer, params, query, headers }) => {
  const since = positionOf(headers['last-event-id'], query.since);
  return stream(await openJobStream(context.realtime, viewer, { id: params.id, since }));
};

const streamEvents: Handler<'streamEvents'> = async (request) => {
  const { context, viewer, query, headers } = request;
  const since = positionOf(headers['last-event-id'], query.since);
  const jobs = query.ids === undefined ? await readSearch(request) : readIds(query.ids);
  return stream(await openFeedStream(context.realtime, viewer, jobs, since));
};

/** The header is of this connection, the parameter of the first one: browsers repeat the address as it was. */
function positionOf(header: string | undefined, since: string | undefined): string | null {
  return header === undefined || header === '' ? (since ?? null) : header;
}

function stream(opening: Opening): StreamReply {
  return { kind: 'stream', start: (response) => opening.start(new SseSink(response), 'own') };
}

function readIds(text: string): JobsRequest {
  const ids = [...new Set(text.split(',').map((id) => id.trim()))];
  if (ids.length > MAX_STREAM_JOBS) {
    const message = `expected at most ${MAX_STREAM_JOBS} ids, got ${describeValue(ids.length)}`;
    throw new ApiError('request.bad-query', { problems: [{ field: 'ids', message }] });
  }
  return { kind: 'jobs', ids: ids.map(readId) };
}

/** What cannot be an id is no job: nobody learns what an id looks like (S1). */
function readId(text: string): JobId {
  const id = jobIdSchema.safeParse(text);
  if (id.success) return id.data;
  throw new ApiError('job.not-found');
}

async function readSearch({
  context,
  viewer,
  query,
  raw,
}: HandlerRequest<'streamEvents'>): Promise<JobsRequest> {
  const ofEverybody = query.privileged;
  const given = raw.request.query as Readonly<Record<string, unknown>>;
  const { terms } = await readJobSearch(context, viewer, given);
  if (terms.length === 0) return { kind: 'list', ofEverybody };
  refuseChangingFields(terms);
  const condition = await compileStreamSearch(context.db, terms).catch(refuseBadPattern);
  const key = JSON.stringify(terms);
  return { kind: 'search', search: { key, condition }, ofEverybody };
}

/** The handlers of every stream. */
export const STREAM_HANDLERS: HandlersOf<'Streams'> = { streamJobEvents, streamEvents };
