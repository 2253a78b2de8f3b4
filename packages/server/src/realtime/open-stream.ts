import { ApiError, JOB_SEARCH_FIELDS, type JobId, type JobSearchTerm } from '@arras/contract';
import type { Principal } from '../auth/authenticate.ts';
import type { FeedCursor } from '../database/feed.ts';
import type { StoredJob } from '../database/stored-jobs.ts';
import type { JobRow } from '../database/tables.ts';
import { judgeJobAccess } from '../domain/job-access.ts';
import { isTerminal } from '../domain/lifecycle.ts';
import { compareCursors, parseCursor, parseSeq } from './cursor.ts';
import { FeedSession } from './feed-session.ts';
import { JobSession } from './job-session.ts';
import type { Realtime } from './realtime.ts';
import type { Scope, Search } from './scope.ts';
import type { Sink } from './sink.ts';

/** A stream that may begin. */
export interface Opening {
  /**
   * Begins to write. `guard`: whether the stream's token is watched on its own, or with the connection that carries it.
   */
  start(sink: Sink, guard: 'own' | 'shared'): void;
}

/** Prepares the stream of one job. Throws ApiError. */
export async function openJobStream(
  realtime: Realtime,
  viewer: Principal,
  request: {
    readonly id: JobId;
    /** As the client gave it; null: from the first event. */
    readonly since: string | null;
    /** Only if the job is this user's. */
    readonly owner?: string;
  },
): Promise<Opening> {
  const since = request.since === null ? 0 : parseSeq(request.since);
  realtime.admit(viewer);
  const job = readable(viewer, await realtime.lookup.find(request.id));
  if (request.owner !== undefined && request.owner !== job.owner) throw new ApiError('job.not-found');
  realtime.admit(viewer);
  return {
    start: (sink, guard) => {
      const session = new JobSession(realtime.jobSeams, { viewer, sink, job, since });
      realtime.add(session, guard);
      sink.begin(session);
      if (session.isOpen) session.start({ isReset: since > job.seq });
    },
  };
}

/** What a stream of many jobs is to carry. */
export type JobsRequest =
  | { readonly kind: 'list'; readonly ofEverybody: boolean }
  | { readonly kind: 'jobs'; readonly ids: readonly JobId[] }
  | { readonly kind: 'owner'; readonly owner: string }
  | { readonly kind: 'search'; readonly search: Search; readonly ofEverybody: boolean };

/** Prepares a stream of many jobs; `since` as the client gave it, null: from now. Throws ApiError. */
export async function openFeedStream(
  realtime: Realtime,
  viewer: Principal,
  request: JobsRequest,
  since: string | null,
): Promise<Opening> {
  const asked = since === null ? null : parseCursor(since);
  if ('ofEverybody' in request && request.ofEverybody && !viewer.isAdmin)
    throw new ApiError('access.admin-only');
  realtime.admit(viewer);
  const jobs = request.kind === 'jobs' ? await findReadable(realtime, viewer, request.ids) : null;
  if (request.kind === 'owner' && request.owner !== viewer.username && !viewer.isAdmin)
    throw new ApiError('job.not-found');
  const scope: Scope = request.kind === 'jobs' ? { kind: 'jobs', ids: new Set(request.ids) } : request;
  const reset = asked === null ? null : await findReset(realtime, asked);
  // Also where the stream begins anew: what was committed before it was asked for is known to its client.
  const position = asked === null || reset !== null ? await realtime.present.read() : asked;
  realtime.admit(viewer);
  return {
    start: (sink, guard) => {
      const unended = jobs === null ? null : unendedAfter(jobs, position);
      const session = new FeedSession(realtime.feedSeams, { viewer, sink, scope, position, unended });
      realtime.add(session, guard);
      sink.begin(session);
      if (session.isOpen) session.start(reset);
    },
  };
}

/** Why the stream cannot go on at a place, as a sentence for the client; null when it can. */
async function findReset(realtime: Realtime, asked: FeedCursor): Promise<string | null> {
  if (realtime.broadcast.knows(asked)) return null;
  switch (await realtime.queries.judgePosition(asked)) {
    case 'good':
      return null;
    case 'ahead':
      return 'The position is ahead of this service, whose data may have been restored from a backup.';
    case 'expired':
      return 'What came after the position is older than streams reach back.';
  }
}

async function findReadable(
  realtime: Realtime,
  viewer: Principal,
  ids: readonly JobId[],
): Promise<readonly JobRow[]> {
  const found = await Promise.all(ids.map((id) => realtime.lookup.find(id)));
  return found.map((stored) => readable(viewer, stored));
}

/** Throws ApiError as for a request that reads the job. */
function readable(viewer: Principal, stored: StoredJob | null): JobRow {
  const verdict = stored === null ? null : judgeJobAccess(viewer, stored.job, stored.grants);
  if (stored === null || verdict === null) throw new ApiError('job.not-found');
  if (verdict.mayRead) return stored.job;
  throw new ApiError('access.forbidden', { message: 'You need the permission READ on this job.' });
}

/** Jobs that have something to tell after a place, with the least number of the event that can be their last. */
function unendedAfter(jobs: readonly JobRow[], position: FeedCursor): ReadonlyMap<JobId, number> {
  const unended = new Map<JobId, number>();
  for (const { id, seq, status, feed_position } of jobs) {
    const last = { position: feed_position, jobId: id, seq };
    if (!isTerminal(status)) unended.set(id, 0);
    else if (compareCursors(last, position) > 0) unended.set(id, seq);
  }
  return unended;
}

/** Only what stays as it is, and the status that each event brings, can be followed exactly. */
export function refuseChangingFields(terms: readonly JobSearchTerm[]): void {
  const problems = terms
    .filter(({ field }) => field !== 'status' && !JOB_SEARCH_FIELDS[field].fixed)
    .map(({ parameter, field }) => ({
      field: parameter,
      message: `expected a field that never changes, or status: streams cannot follow ${field}`,
    }));
  if (problems.length > 0) throw new ApiError('request.bad-query', { problems });
}
