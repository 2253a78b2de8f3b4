import {
  ApiError,
  type FieldProblem,
  type JobSearchTerm,
  parseFilter,
  parseJobSearch,
  queryTextSchema,
  type RawQuery,
} from '@arras/contract';
import { findSavedFilter } from '../database/saved-filters.ts';
import type { Viewer } from '../database/systems.ts';
import { isBadPattern } from '../database/trouble.ts';
import { findSearchPatternProblem } from '../domain/search-pattern.ts';
import type { HttpContext } from './context.ts';

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
  const terms = [...termsOf(parseJobSearch(saved, about)), ...termsOf(parseJobSearch(query, about))];
  refuse(terms.flatMap(findPatternProblems));
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

function termsOf(parsed: ReturnType<typeof parseJobSearch>): readonly JobSearchTerm[] {
  if (!parsed.ok) refuse(parsed.problems);
  return parsed.ok ? parsed.value : [];
}

function findPatternProblems({ parameter, ...term }: JobSearchTerm): FieldProblem[] {
  if (term.type !== 'text' || term.operator !== 'RLIKE') return [];
  return term.values.flatMap((value) => {
    const problem = findSearchPatternProblem(value);
    return problem === null ? [] : [{ field: parameter, message: problem }];
  });
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw new ApiError('request.bad-query', { problems });
}

/** RE2 has passed it; where PostgreSQL is still of another opinion, the caller has to hear it. */
export function refuseBadPattern(error: unknown): never {
  if (!isBadPattern(error)) throw error;
  const message =
    'A regular expression of the search cannot be run by the database; write it in a simpler way.';
  throw new ApiError('request.bad-query', { message, cause: error });
}
