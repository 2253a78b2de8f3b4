import { type DateSpan, dayOf, type JobSearchFieldName, type JobSearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { renderSearchPattern } from '../domain/search-pattern.ts';
import { type FieldColumns, foldedText, jobColumns } from './job-columns.ts';

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
  return terms.map((term) => compileTerm(term, columns[term.field] ?? own[term.field]));
}

/** As {@link searchConditions}, joined; true for no terms. */
export function searchCondition(
  terms: readonly JobSearchTerm[],
  place: SearchPlace = {},
): RawBuilder<boolean> {
  if (terms.length === 0) return sql<boolean>`true`;
  return sql<boolean>`(${sql.join(searchConditions(terms, place), sql` and `)})`;
}

function compileTerm(term: JobSearchTerm, column: RawBuilder<unknown>): RawBuilder<boolean> {
  switch (term.type) {
    case 'text':
      return compileText(term, column);
    case 'number':
      return compileNumber(term, column);
    case 'date':
      return compileDate(term, column);
    case 'flag':
      return sql<boolean>`${column} = ${term.value === (term.operator === 'EQ')}::boolean`;
  }
}

type TermOf<Type extends JobSearchTerm['type']> = Extract<JobSearchTerm, { readonly type: Type }>;

function compileText(
  { field, operator, values }: TermOf<'text'>,
  column: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const folded = foldedText(field, column);
  const [value = ''] = values;
  switch (operator) {
    case 'EQ':
    case 'IN':
      return isOneOf(
        folded,
        values.map((each) => bindText(field, each)),
      );
    case 'NEQ':
    case 'NIN':
      return not(
        isOneOf(
          folded,
          values.map((each) => bindText(field, each)),
        ),
      );
    case 'LIKE':
      return isLike(field, folded, value);
    case 'NLIKE':
      return not(isLike(field, folded, value));
    case 'RLIKE':
      return sql<boolean>`${column} ~* ${renderSearchPattern(value)}::text`;
  }
}

/** Lowered by the database, whose idea of case the columns have too; only statuses are in capitals. */
function bindText(field: JobSearchFieldName, value: string): RawBuilder<unknown> {
  return field === 'status' ? sql`upper(${value}::text)` : sql`lower(${value}::text)`;
}

/** `*` stands for any characters, and nothing else has a meaning of its own. */
function isLike(field: JobSearchFieldName, folded: RawBuilder<unknown>, value: string): RawBuilder<boolean> {
  const pattern = value.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll('*', '%');
  return sql<boolean>`${folded} like ${bindText(field, pattern)}`;
}

function compileNumber(
  { operator, values }: TermOf<'number'>,
  column: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const bound = values.map((value) => sql`${value}::double precision`);
  const [first = sql`null`, second = first] = bound;
  switch (operator) {
    case 'EQ':
    case 'IN':
      return isOneOf(column, bound);
    case 'NEQ':
    case 'NIN':
      return not(isOneOf(column, bound));
    case 'LT':
      return sql<boolean>`${column} < ${first}`;
    case 'LTE':
      return sql<boolean>`${column} <= ${first}`;
    case 'GT':
      return sql<boolean>`${column} > ${first}`;
    case 'GTE':
      return sql<boolean>`${column} >= ${first}`;
    case 'BETWEEN':
      return sql<boolean>`${column} between ${first} and ${second}`;
  }
}

/**
 * Times are stored to the microsecond and shown to the millisecond: a job is at, not after, the time that is shown of
 * it.
 */
function compileDate({ operator, values }: TermOf<'date'>, column: RawBuilder<unknown>): RawBuilder<boolean> {
  const [first] = values;
  if (first === undefined) throw new Error('a term about a time has a value');
  const [, second = first] = values;
  switch (operator) {
    case 'EQ':
      return isWithin(column, first.from, first.until);
    case 'NEQ':
      return not(isWithin(column, first.from, first.until));
    case 'ON':
      return isWithin(column, dayOf(first).from, dayOf(first).until);
    case 'BETWEEN':
      return isWithin(column, first.at, second.until);
    case 'LT':
    case 'BEFORE':
      return sql<boolean>`${column} < ${bindTime(first.at)}`;
    case 'LTE':
      return sql<boolean>`${column} < ${bindTime(nextMillisecond(first))}`;
    case 'GT':
    case 'AFTER':
      return sql<boolean>`${column} >= ${bindTime(nextMillisecond(first))}`;
    case 'GTE':
      return sql<boolean>`${column} >= ${bindTime(first.at)}`;
  }
}

function nextMillisecond({ at }: DateSpan): Date {
  return new Date(at.getTime() + 1);
}

function isWithin(column: RawBuilder<unknown>, from: Date, until: Date): RawBuilder<boolean> {
  return sql<boolean>`(${column} >= ${bindTime(from)} and ${column} < ${bindTime(until)})`;
}

/** As text: the driver would write a Date in the zone of this process, with its seconds of offset cut off. */
function bindTime(time: Date): RawBuilder<unknown> {
  return sql`${time.toISOString()}::timestamptz`;
}

function isOneOf(column: RawBuilder<unknown>, values: readonly RawBuilder<unknown>[]): RawBuilder<boolean> {
  const [only] = values;
  if (only !== undefined && values.length === 1) return sql<boolean>`${column} = ${only}`;
  return sql<boolean>`${column} in (${sql.join([...values])})`;
}

/** Also true for jobs that have no value. */
function not(condition: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`(${condition}) is not true`;
}
