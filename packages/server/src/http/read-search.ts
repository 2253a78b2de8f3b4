import {
  ApiError,
  describeValue,
  type FieldProblem,
  findSearchField,
  type ListQuery,
  type Parsed,
  parseSearch,
  type RawQuery,
  type SearchFields,
  type SearchTerm,
} from '@arras/contract';
import type { Viewer } from '../database/systems.ts';
import { isBadPattern } from '../database/trouble.ts';
import { findSearchPatternProblem } from '../domain/search-pattern.ts';
import type { HttpContext } from './context.ts';

/** Reads the search parameters of a request; the other parameters are left alone. Throws ApiError for one that cannot be understood. */
export function readSearch<Name extends string>(
  { now }: Pick<HttpContext, 'now'>,
  { username }: Viewer,
  { fields, query }: { readonly fields: SearchFields<Name>; readonly query: unknown },
): readonly SearchTerm<Name>[] {
  // As the server's parser makes it.
  const terms = soundTerms(parseSearch(fields, query as RawQuery, { now: now(), username }));
  refusePatterns(terms);
  return terms;
}

/** The terms that were read. Throws ApiError when some could not be. */
export function soundTerms<Name extends string>(
  parsed: Parsed<readonly SearchTerm<Name>[]>,
): readonly SearchTerm<Name>[] {
  if (parsed.ok) return parsed.value;
  throw new ApiError('request.bad-query', { problems: parsed.problems });
}

/** Throws ApiError for regular expressions that the database is not to run. */
export function refusePatterns(terms: readonly SearchTerm<string>[]): void {
  const problems = terms.flatMap(findPatternProblems);
  if (problems.length > 0) throw new ApiError('request.bad-query', { problems });
}

function findPatternProblems({ parameter, ...term }: SearchTerm<string>): FieldProblem[] {
  if (term.type !== 'text' || term.operator !== 'RLIKE') return [];
  return term.values.flatMap((value) => {
    const problem = findSearchPatternProblem(value);
    return problem === null ? [] : [{ field: parameter, message: problem }];
  });
}

/** RE2 has passed it; where PostgreSQL is still of another opinion, the caller has to hear it. Throws what it is given otherwise. */
export function refuseBadPattern(error: unknown): never {
  if (!isBadPattern(error)) throw error;
  const message =
    'A regular expression of the search cannot be run by the database; write it in a simpler way.';
  throw new ApiError('request.bad-query', { message, cause: error });
}

/** The field and direction of a listing that is ordered by what it is searched by. Throws ApiError for another field. */
export function readSearchOrder<Name extends string>(
  { order, orderBy }: Pick<ListQuery, 'order' | 'orderBy'>,
  fields: SearchFields<Name>,
): { readonly orderBy?: Name; readonly order?: 'asc' | 'desc' } {
  const direction =
    order === undefined ? {} : { order: order === 'ASC' ? ('asc' as const) : ('desc' as const) };
  if (orderBy === undefined) return direction;
  const field = findSearchField(fields, orderBy);
  if (field !== null) return { orderBy: field, ...direction };
  const message = `expected one of ${Object.keys(fields).join(', ')}, got ${describeValue(orderBy)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'orderBy', message }] });
}
