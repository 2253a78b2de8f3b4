import { type DateSpan, dayOf, type SearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import { renderSearchPattern } from '../domain/search-pattern.ts';
import { likePattern } from './like-pattern.ts';

/** Where a field that can be searched is found. */
export interface SearchColumn {
  readonly column: RawBuilder<unknown>;
  /** The column of a text without regard to case. */
  readonly folded: RawBuilder<unknown>;
  /** A text to compare it with, likewise. Lowered by the database, whose idea of case the columns have too. */
  readonly bind: (text: string) => RawBuilder<unknown>;
}

/** The columns of fields whose texts are compared in lower case. */
export function searchColumn(column: RawBuilder<unknown>): SearchColumn {
  return { column, folded: sql`lower(${column})`, bind: bindLowered };
}

/** A text in lower case. */
export function bindLowered(text: string): RawBuilder<unknown> {
  return sql`lower(${text}::text)`;
}

/** The condition of one term of a search. All values are bound; regular expressions must have passed `findSearchPatternProblem`. */
export function compileTerm(term: SearchTerm<string>, where: SearchColumn): RawBuilder<boolean> {
  const { column } = where;
  switch (term.type) {
    case 'text':
      return compileText(term, where);
    case 'number':
      return compileNumber(term, column);
    case 'date':
      return compileDate(term, column);
    case 'flag':
      return sql<boolean>`${column} = ${term.value === (term.operator === 'EQ')}::boolean`;
  }
}

type TermOf<Type extends SearchTerm<string>['type']> = Extract<SearchTerm<string>, { readonly type: Type }>;

function compileText(
  { operator, values }: TermOf<'text'>,
  { column, folded, bind }: SearchColumn,
): RawBuilder<boolean> {
  const [value = ''] = values;
  switch (operator) {
    case 'EQ':
    case 'IN':
      return isOneOf(folded, values.map(bind));
    case 'NEQ':
    case 'NIN':
      return not(isOneOf(folded, values.map(bind)));
    case 'LIKE':
      return sql<boolean>`${folded} like ${bind(likePattern(value))}`;
    case 'NLIKE':
      return not(sql<boolean>`${folded} like ${bind(likePattern(value))}`);
    case 'RLIKE':
      return sql<boolean>`${column} ~* ${renderSearchPattern(value)}::text`;
  }
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
 * Times are stored to the microsecond and shown to the millisecond: what happened at a time that is shown is at,
 * not after it.
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

/** Also true for what has no value. */
function not(condition: RawBuilder<boolean>): RawBuilder<boolean> {
  return sql<boolean>`(${condition}) is not true`;
}
