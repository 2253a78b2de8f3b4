import {
  ApiError,
  describeValue,
  findJobSearchField,
  JOB_SEARCH_FIELD_NAMES,
  type JobSearchFieldName,
  type JobSummary,
  type JobView,
  type ListQuery,
  listQuerySchema,
} from '@arras/contract';
import { listVisibleJobs } from '../../database/list-jobs.ts';
import type { JobRow } from '../../database/tables.ts';
import { findSurroundings } from '../../events/job-surroundings.ts';
import { renderJob, renderJobSummary } from '../../events/job-view.ts';
import type { HttpContext } from '../context.ts';
import type { Handler } from '../handler.ts';
import { type JobSearch, readJobSearch } from '../read-job-search.ts';
import { refuseBadPattern } from '../read-search.ts';
import { answer } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';

export const listJobs: Handler<'listJobs'> = async ({ context, viewer, query, raw }) => {
  const given = raw.request.query as Readonly<Record<string, unknown>>;
  const search = await readJobSearch(context, viewer, given);
  const page = { terms: search.terms, ...settlePage(query, given, search) };
  const jobs = await listVisibleJobs(context.db, viewer, page).catch(refuseBadPattern);
  return answer(await renderJobs(context, jobs, readPresentation(raw.request).filter !== null));
};

/** What the request leaves open the saved filter decides; without either the last updated come first. */
function settlePage(query: ListQuery, given: Readonly<Record<string, unknown>>, { saved }: JobSearch) {
  const kept = listQuerySchema.parse(saved);
  const ordered = query.orderBy === undefined && query.order === undefined ? kept : query;
  return {
    limit: given['limit'] === undefined ? kept.limit : query.limit,
    offset: query.offset,
    orderBy: readOrderField(ordered.orderBy),
    order: readDirection(ordered),
  };
}

function readOrderField(asked: string | undefined): JobSearchFieldName {
  if (asked === undefined) return 'lastUpdated';
  const field = findJobSearchField(asked);
  if (field !== null) return field;
  const message = `expected one of ${JOB_SEARCH_FIELD_NAMES.join(', ')}, got ${describeValue(asked)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'orderBy', message }] });
}

/** A field that was asked for runs upwards, the default order downwards. */
function readDirection({ order, orderBy }: Pick<ListQuery, 'order' | 'orderBy'>): 'asc' | 'desc' {
  if (order !== undefined) return order === 'ASC' ? 'asc' : 'desc';
  return orderBy === undefined ? 'desc' : 'asc';
}

/** With `filter` the rows are full jobs, so that every field can be chosen (spec/conventions.md 3.2). */
async function renderJobs(
  context: HttpContext,
  jobs: readonly JobRow[],
  isFull: boolean,
): Promise<(JobView | JobSummary)[]> {
  const surroundingsOf = await findSurroundings(context.db, jobs);
  return jobs.map((job) =>
    isFull
      ? renderJob(context, job, surroundingsOf(job))
      : renderJobSummary(context, job, surroundingsOf(job)),
  );
}
