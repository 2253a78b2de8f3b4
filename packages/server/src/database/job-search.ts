import type { JobSearchFieldName, JobSearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { type FieldColumns, foldedText, jobColumns } from './job-columns.ts';
import { bindLowered, compileTerm } from './search-conditions.ts';

/** Where the conditions of a search stand. */
export interface SearchPlace {
  /** Name of the jobs in the statement. Default: `jobs`. */
  readonly table?: string;
  /** Replaces the columns of some fields, such as the status by that of an event. */
  readonly columns?: FieldColumns;
}

/**
 * The conditions of a search, each to be met, for the `where` of a statement. All values are bound. Regular
 * expressions must have passed `findSearchPatternProblem`.
 */
export function searchConditions(
  terms: readonly JobSearchTerm[],
  { table = 'jobs', columns = {} }: SearchPlace = {},
): RawBuilder<boolean>[] {
  const own = jobColumns(table);
  return terms.map((term) => {
    const { field } = term;
    const column = columns[field] ?? own[field];
    return compileTerm(term, {
      column,
      folded: foldedText(field, column),
      bind: (text) => bindText(field, text),
    });
  });
}

/** As {@link searchConditions}, joined; true for no terms. */
export function searchCondition(
  terms: readonly JobSearchTerm[],
  place: SearchPlace = {},
): RawBuilder<boolean> {
  if (terms.length === 0) return sql<boolean>`true`;
  return sql<boolean>`(${sql.join(searchConditions(terms, place), sql` and `)})`;
}

/** Only statuses are in capitals. */
function bindText(field: JobSearchFieldName, text: string): RawBuilder<unknown> {
  return field === 'status' ? sql`upper(${text}::text)` : bindLowered(text);
}
