import { isRecord } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import type { DocumentField, DocumentQuery } from '../domain/document-query.ts';
import { renderSearchPattern } from '../domain/search-pattern.ts';

type Condition = RawBuilder<boolean>;

/**
 * The condition of a query on `documents`. Every value and every name of a path is bound. Patterns must have passed
 * `findSearchPatternProblem`.
 */
export function documentCondition(query: DocumentQuery): Condition {
  switch (query.kind) {
    case 'all':
      return joined(query.of, sql` and `, true);
    case 'any':
      return joined(query.of, sql` or `, false);
    case 'not':
      // Also true of documents without the field.
      return sql<boolean>`(${documentCondition(query.of)}) is not true`;
    case 'equals':
      return query.value === null ? isMissing(query.field) : equals(query.field, query.value);
    case 'compares':
      return compares(query);
    case 'exists':
      return exists(query.field);
    case 'matches':
      return matches(query);
  }
}

function joined(of: readonly DocumentQuery[], by: RawBuilder<unknown>, whenNone: boolean): Condition {
  if (of.length === 0) return sql<boolean>`${whenNone}::boolean`;
  return sql<boolean>`(${sql.join(of.map(documentCondition), by)})`;
}

const NEVER: Condition = sql<boolean>`false`;
const columnOf = (name: string) => sql.ref(`documents.${name}`);
const VALUE = columnOf('value');

/** A path is quoted by the database (`document_path`), so that its index serves it and no name means anything. */
const pathOf = (names: readonly string[]) => sql`document_path(${[...names]}::text[])`;

function equals(field: DocumentField, value: unknown): Condition {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? sql<boolean>`${columnOf(field.column)} = ${value}::text` : NEVER;
    case 'time':
      return sql<boolean>`${millisecondOf(field)} = ${String(value)}::timestamptz`;
    case 'list':
      return equalsList(columnOf(field.column), value);
    case 'path':
      return equalsPath(field.names, value);
  }
}

/** A text means that the list holds it, a list that the two are the same. */
function equalsList(column: RawBuilder<unknown>, value: unknown): Condition {
  if (typeof value === 'string') return sql<boolean>`${column} @> array[${value}::text]`;
  const isTexts = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isTexts ? sql<boolean>`${column} = ${value}::text[]` : NEVER;
}

/** A structure is equal as a whole, or to one entry of a list. */
function equalsPath(names: readonly string[], value: unknown): Condition {
  const bound = sql`${JSON.stringify(value)}::jsonb`;
  if (!Array.isArray(value) && !isRecord(value)) return comparesPath(names, '==', bound);
  return sql<boolean>`(
    ${bound} in (select jsonb_path_query(${VALUE}, ${pathOf(names)}))
    or ${bound} in (select item from ${itemsAt(names)}))`;
}

/** Null is also what is not there (MongoDB: "Query for Null or Missing Fields"). */
function isMissing(field: DocumentField): Condition {
  if (field.kind !== 'path') return sql<boolean>`not ${exists(field)}`;
  const isNull = comparesPath(field.names, '==', sql`'null'::jsonb`);
  return sql<boolean>`(${isNull} or not ${exists(field)})`;
}

function exists(field: DocumentField): Condition {
  if (field.kind === 'path') return sql<boolean>`${VALUE} @? ${pathOf(field.names)}`;
  return sql<boolean>`(${columnOf(field.column)} is not null)`;
}

const COMPARISONS = { '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` } as const;

function compares({ field, operator, value }: Extract<DocumentQuery, { kind: 'compares' }>): Condition {
  switch (field.kind) {
    case 'path':
      return comparesPath(field.names, operator, sql`${JSON.stringify(value)}::jsonb`);
    case 'time':
      return sql<boolean>`${millisecondOf(field)} ${COMPARISONS[operator]} ${String(value)}::timestamptz`;
    case 'text':
      if (typeof value !== 'string') return NEVER;
      return sql<boolean>`${columnOf(field.column)} collate "C" ${COMPARISONS[operator]} ${value}::text`;
    case 'list':
      if (typeof value !== 'string') return NEVER;
      return sql<boolean>`exists (
        select from unnest(${columnOf(field.column)}) item
        where item collate "C" ${COMPARISONS[operator]} ${value}::text)`;
  }
}

function comparesPath(names: readonly string[], operator: string, bound: RawBuilder<unknown>): Condition {
  return sql<boolean>`${VALUE} @? document_path(${[...names]}::text[], ${operator}::text, ${bound})`;
}

/** Times are stored to the microsecond and shown to the millisecond. */
function millisecondOf({ column }: Extract<DocumentField, { kind: 'time' }>): RawBuilder<unknown> {
  return sql`date_trunc('milliseconds', ${columnOf(column)})`;
}

function matches({ field, pattern, isCaseless }: Extract<DocumentQuery, { kind: 'matches' }>): Condition {
  const like = sql`${isCaseless ? sql`~*` : sql`~`} ${renderSearchPattern(pattern)}::text`;
  switch (field.kind) {
    case 'text':
      return sql<boolean>`${columnOf(field.column)} ${like}`;
    case 'list':
      return sql<boolean>`exists (select from unnest(${columnOf(field.column)}) item where item ${like})`;
    case 'path':
      return sql<boolean>`exists (
        select from ${itemsAt(field.names)}
        where jsonb_typeof(item) = 'string' and item #>> '{}' ${like})`;
    case 'time':
      return NEVER;
  }
}

/** What is at a path: the entries of a list, or the one value. */
function itemsAt(names: readonly string[]): RawBuilder<unknown> {
  return sql`jsonb_path_query(${VALUE}, (${pathOf(names)}::text || '[*]')::jsonpath) item`;
}
