import {
  ApiError,
  type JobSearchTerm,
  parseFilter,
  parseJobSearch,
  queryTextSchema,
  type RawQuery,
} from '@arras/contract';
import { findSavedFilter } from '../database/saved-filters.ts';
import type { Viewer } from '../database/systems.ts';
import type { HttpContext } from './context.ts';
import { refusePatterns, soundTerms } from './read-search.ts';

/** What a request asks of jobs. */
export interface JobSearch {
  /** All have to hold: those of the saved filter, then those of the request itself. */
  readonly terms: readonly JobSearchTerm[];
  /** The parameters of the saved filter: its order and limit hold where the request has none. */
  readonly saved: Readonly<Record<string, string>>;
}

/**
 * Reads the search parameters of a request, `saved` among them; the other parameters are left alone. Throws ApiError
 * when one cannot be understood, or when the user has no such filter.
 */
export async function readJobSearch(
  { db, now }: Pick<HttpContext, 'db' | 'now'>,
  { username }: Viewer,
  query: RawQuery,
): Promise<JobSearch> {
  const about = { now: now(), username };
  const name = queryTextSchema.parse(query.saved);
  const saved = name === undefined ? {} : await readSaved(db, name, about);
  const terms = [...soundTerms(parseJobSearch(saved, about)), ...soundTerms(parseJobSearch(query, about))];
  refusePatterns(terms);
  return { terms, saved };
}

async function readSaved(
  db: HttpContext['db'],
  name: string,
  about: { readonly now: Date; readonly username: string },
): Promise<Readonly<Record<string, string>>> {
  const row = await findSavedFilter(db, about.username, name);
  if (row === null) throw new ApiError('filter.not-found');
  const parsed = parseFilter(row.filter, about);
  if (parsed.ok) return parsed.value.query;
  // Sound when it was saved; what it says may have become impossible since.
  const { message } = parsed.problem;
  throw new ApiError('request.bad-query', { problems: [{ field: 'saved', message }] });
}
