import type { FilterContext } from './filter-grammar.ts';
import { FilterError, type FilterToken, type FilterValue, firstValue } from './filter-tokens.ts';
import {
  compileDate,
  compileDuration,
  compileMemory,
  compileNumber,
  compileStatus,
} from './filter-values.ts';
import { JOB_SEARCH_FIELDS, type JobSearchFieldName } from './job-search-fields.ts';
import type { SearchOperator, SearchType } from './search-fields.ts';

/** A condition on a field, as a parameter of the API says it. */
export interface Condition {
  readonly field: JobSearchFieldName;
  readonly operator: SearchOperator;
  readonly value: string;
}

/**
 * What a term with a key asks of the key's field.
 *
 * @throws FilterError for an operator or a value that the field does not take.
 */
export function compileCondition(
  field: JobSearchFieldName,
  token: FilterToken,
  context: FilterContext,
): Condition {
  const { type }: { readonly type: SearchType } = JOB_SEARCH_FIELDS[field];
  if (type === 'text' || type === 'status') return compileText(field, token, context);
  if (type === 'flag') return compileFlag(field, token);
  return compileOrdered(field, type, token, context);
}

function compileText(field: JobSearchFieldName, token: FilterToken, context: FilterContext): Condition {
  const { operator, values, negated } = token;
  const first = firstValue(token);
  if (operator !== '' && operator !== '~') {
    throw new FilterError(
      `${token.key} has no order: use ${token.key}:value or ${token.key}~part`,
      first.start,
    );
  }
  const second = values[1];
  if (operator === '~') {
    if (second !== undefined) throw new FilterError('expected one value after ~', second.start);
    return { field, operator: negated ? 'NLIKE' : 'LIKE', value: `*${first.text}*` };
  }
  const pattern = values.find((value) => !value.quoted && value.text.includes('*'));
  if (pattern !== undefined) {
    if (second !== undefined) throw new FilterError('a value with * stands alone', pattern.start);
    return { field, operator: negated ? 'NLIKE' : 'LIKE', value: pattern.text };
  }
  const texts = values.map((value) => compileWord(field, value, context));
  if (second === undefined) return { field, operator: negated ? 'NEQ' : 'EQ', value: texts.join('') };
  const broken = values.find((value) => value.text.includes(','));
  if (broken !== undefined) throw new FilterError('a value of a list cannot hold a comma', broken.start);
  return { field, operator: negated ? 'NIN' : 'IN', value: texts.join(',') };
}

function compileWord(field: JobSearchFieldName, value: FilterValue, { username }: FilterContext): string {
  if (field === 'status') return compileStatus(value);
  return field === 'owner' && value.text.toLowerCase() === 'me' ? (username ?? 'me') : value.text;
}

function compileFlag(field: JobSearchFieldName, token: FilterToken): Condition {
  const { text, start } = firstValue(token);
  if (token.operator !== '' || token.values.length > 1 || !/^(?:true|false)$/i.test(text)) {
    throw new FilterError('expected true or false', start);
  }
  return { field, operator: token.negated ? 'NEQ' : 'EQ', value: text.toLowerCase() };
}

type OrderedType = Exclude<SearchType, 'text' | 'status' | 'flag'>;

const COMPARISONS = { '>': 'GT', '>=': 'GTE', '<': 'LT', '<=': 'LTE' } as const;
const OPPOSITES = { GT: 'LTE', GTE: 'LT', LT: 'GTE', LTE: 'GT' } as const;

function compileOrdered(
  field: JobSearchFieldName,
  type: OrderedType,
  token: FilterToken,
  { now }: FilterContext,
): Condition {
  const { operator, values, negated } = token;
  const first = firstValue(token);
  const compile = (value: FilterValue) => compileValue(type, value, now);
  if (operator === '~') throw new FilterError(`${token.key} is no text: use : or :>`, first.start);
  if (operator !== '') {
    refuseSecond(token);
    const comparison = COMPARISONS[operator];
    return { field, operator: negated ? OPPOSITES[comparison] : comparison, value: compile(first) };
  }
  const range = first.quoted ? -1 : first.text.indexOf('..');
  if (range >= 0) {
    refuseSecond(token);
    if (negated) throw new FilterError('a range cannot be turned round: use < or >', token.start);
    const ends = [
      { ...first, text: first.text.slice(0, range) },
      { ...first, text: first.text.slice(range + 2), start: first.start + range + 2 },
    ];
    return { field, operator: 'BETWEEN', value: ends.map(compile).join(',') };
  }
  if (type === 'date') return compileMoment(field, token, now);
  const texts = values.map(compile).join(',');
  if (values.length > 1) return { field, operator: negated ? 'NIN' : 'IN', value: texts };
  return { field, operator: negated ? 'NEQ' : 'EQ', value: texts };
}

/** A day, or a second; a relative time alone would be a second that nobody means. */
function compileMoment(field: JobSearchFieldName, token: FilterToken, now: Date): Condition {
  refuseSecond(token);
  const first = firstValue(token);
  const { text, kind } = compileDate(first, now);
  if (kind === 'ago') {
    throw new FilterError(`is one second: use ${token.key}:>${first.text} for all since then`, first.start);
  }
  if (token.negated) return { field, operator: 'NEQ', value: text };
  return { field, operator: kind === 'day' ? 'ON' : 'EQ', value: text };
}

function compileValue(type: OrderedType, value: FilterValue, now: Date): string {
  switch (type) {
    case 'date':
      return compileDate(value, now).text;
    case 'duration':
      return compileDuration(value);
    case 'memory':
      return compileMemory(value);
    case 'integer':
    case 'number':
      return compileNumber(value, type);
  }
}

function refuseSecond({ values }: FilterToken): void {
  const second = values[1];
  if (second !== undefined) throw new FilterError('expected one value', second.start);
}
