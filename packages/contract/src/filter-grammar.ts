import { type Condition, compileCondition } from './filter-conditions.ts';
import { FILTER_KEYS, findFilterKey } from './filter-keys.ts';
import {
  FilterError,
  type FilterProblem,
  type FilterToken,
  firstValue,
  renderFilterToken,
  splitFilter,
} from './filter-tokens.ts';
import { JOB_SEARCH_FIELDS } from './job-search-fields.ts';
import { suggestion } from './nearest-word.ts';
import { PAGE_SIZE } from './page-size.ts';

/** One term of a filter: what a chip shows. */
export interface FilterTerm extends FilterToken {
  /** The term as it is best written. */
  readonly text: string;
  /** The API parameters that it became, or became part of. */
  readonly parameters: readonly string[];
}

/** A filter as the API understands it. */
export interface ParsedFilter {
  /** Parameters of `GET /jobs/v2`. */
  readonly query: Readonly<Record<string, string>>;
  readonly terms: readonly FilterTerm[];
}

/** What a filter may mean by "now" and "me". */
export interface FilterContext {
  readonly now: Date;
  /** Stands for `owner:me`. Default: `me` stays, and the service puts in the name of the caller. */
  readonly username?: string;
}

/** A parsed filter, or the first thing that is wrong with it. */
export type FilterResult =
  | { readonly ok: true; readonly value: ParsedFilter }
  | { readonly ok: false; readonly problem: FilterProblem };

/** Longest filter, in characters. */
export const MAX_FILTER_LENGTH = 1_000;

/** Longest part of a term that a message repeats. */
const SHOWN_LENGTH = 80;

/**
 * Compiles a filter to the parameters of the API (design: filter grammar):
 * `status:failed,killed app:pyplot* created:>7d ran:>2h name~"rna seq" -archived sort:-created limit:50`.
 *
 * Terms are separated by blanks and all hold; a leading `-` turns one round. `key:value` is equal, `a,b` one of
 * several, `*` any characters, `key~value` contains; times and numbers take `>`, `>=`, `<`, `<=` and `a..b`. A
 * relative time means that long ago. Words alone are sought in the name, in their order; one that begins like the id
 * of a job is the beginning of its id.
 */
export function parseFilter(text: string, context: FilterContext): FilterResult {
  let token: FilterToken | null = null;
  try {
    if (text.length > MAX_FILTER_LENGTH) {
      throw new FilterError(`a filter has at most ${MAX_FILTER_LENGTH} characters`, MAX_FILTER_LENGTH);
    }
    const draft: Draft = { parameters: new Map(), words: [] };
    const terms: FilterTerm[] = [];
    for (token of splitFilter(text)) {
      const parameters = addTerm(token, draft, context);
      terms.push({ ...token, text: renderFilterToken(token), parameters });
    }
    return { ok: true, value: { query: finish(draft), terms } };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return { ok: false, problem: renderProblem(text, token, error) };
  }
}

/** The terms as one text that parses to the same. */
export function renderFilter(terms: readonly FilterTerm[]): string {
  return terms.map((term) => term.text).join(' ');
}

/** Shows the term as it was written, and what is wrong with it. */
function renderProblem(
  text: string,
  token: FilterToken | null,
  { position, message }: FilterError,
): FilterProblem {
  const before = text.slice(0, position);
  const start = token?.start ?? before.length - (/\S*$/.exec(before)?.[0].length ?? 0);
  const term = text.slice(start, token?.end ?? text.length);
  const shown = term.length > SHOWN_LENGTH ? `${term.slice(0, SHOWN_LENGTH)}…` : term;
  return { position, message: `${shown} ← ${message}` };
}

/** A filter on its way: the parameters so far, and the words, which become one parameter. */
interface Draft {
  readonly parameters: Map<string, string>;
  readonly words: string[];
}

const WORDS_PARAMETER = 'name.like';

function finish({ parameters, words }: Draft): Record<string, string> {
  return Object.fromEntries([
    ...parameters,
    ...(words.length === 0 ? [] : [[WORDS_PARAMETER, `*${words.join('*')}*`] as const]),
  ]);
}

function addTerm(token: FilterToken, draft: Draft, context: FilterContext): string[] {
  if (token.key === null) return addWord(token, draft);
  const key = findFilterKey(token.key);
  if (key === null) throw unknownKey(token);
  const empty = token.values.find((value) => value.text.trim() === '');
  if (empty !== undefined) throw new FilterError('a value is missing', empty.start);
  if (key === FILTER_KEYS.sort) return addSort(token, draft);
  if (key === FILTER_KEYS.limit) return addLimit(token, draft);
  if (key.alone !== undefined) {
    throw new FilterError(`stands alone: ${token.key} or -${token.key}`, firstValue(token).start);
  }
  if (key.field === null) throw unknownKey(token);
  return add(draft, compileCondition(key.field, token, context), token);
}

function unknownKey({ key, start, negated }: FilterToken): FilterError {
  const position = negated ? start + 1 : start;
  if (key?.toLowerCase() === 'tag') return new FilterError('jobs have no tags to filter by', position);
  const hint = suggestion(key ?? '', Object.keys(FILTER_KEYS));
  return new FilterError(`unknown key '${key}'${hint}`, position);
}

/** `1674389564419740136-24…`: the beginning of an id. */
const ID_START = /^\d{10,20}(?:-[0-9a-f-]*)?$/;

function addWord(token: FilterToken, draft: Draft): string[] {
  const { negated } = token;
  const word = firstValue(token);
  if (word.text.trim() === '') throw new FilterError('a word is missing', word.start);
  const key = word.quoted ? null : findFilterKey(word.text);
  if (key?.alone !== undefined && key.field !== null) {
    const value = String(key.alone !== negated);
    return add(draft, { field: key.field, operator: 'EQ', value }, token);
  }
  if (!word.quoted && ID_START.test(word.text)) {
    return add(draft, { field: 'id', operator: negated ? 'NLIKE' : 'LIKE', value: `${word.text}*` }, token);
  }
  if (negated) return add(draft, { field: 'name', operator: 'NLIKE', value: `*${word.text}*` }, token);
  if (draft.parameters.has(WORDS_PARAMETER)) throw givenTwice(token);
  draft.words.push(word.text);
  return [WORDS_PARAMETER];
}

function addSort(token: FilterToken, draft: Draft): string[] {
  refuseMore(token);
  const { text, start } = firstValue(token);
  const descending = text.startsWith('-');
  const name = text.replace(/^-/, '');
  const field = findFilterKey(name)?.field ?? null;
  if (field === null) {
    const hint = suggestion(name, Object.keys(FILTER_KEYS));
    throw new FilterError(`jobs cannot be sorted by '${name}'${hint}`, start + (descending ? 1 : 0));
  }
  set(draft, 'orderBy', field, token);
  set(draft, 'order', descending ? 'DESC' : 'ASC', token);
  return ['orderBy', 'order'];
}

function addLimit(token: FilterToken, draft: Draft): string[] {
  refuseMore(token);
  const { text, start } = firstValue(token);
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1 || Number(text) > PAGE_SIZE.max) {
    throw new FilterError(`expected a number from 1 to ${PAGE_SIZE.max}, got '${text}'`, start);
  }
  set(draft, 'limit', String(Number(text)), token);
  return ['limit'];
}

/** `sort` and `limit` take one value and nothing around it. */
function refuseMore(token: FilterToken): void {
  const { key, negated, operator, values, start } = token;
  if (negated) throw new FilterError(`${key} cannot be turned round`, start);
  if (operator !== '') throw new FilterError(`expected ${key}: and a value`, firstValue(token).start);
  const second = values[1];
  if (second !== undefined) throw new FilterError('expected one value', second.start);
}

/** Adds a condition. Two of one kind on one field would hide each other; exclusions add up to a list. */
function add(draft: Draft, condition: Condition, token: FilterToken): string[] {
  const { field, operator, value } = condition;
  if ((operator === 'NEQ' || operator === 'NIN') && JOB_SEARCH_FIELDS[field].type !== 'date') {
    const joined = joinExclusion(draft, condition, token);
    if (joined !== null) return [joined];
  }
  const parameter = `${field}.${operator.toLowerCase()}`;
  if (parameter === WORDS_PARAMETER && draft.words.length > 0) throw givenTwice(token);
  set(draft, parameter, value, token);
  return [parameter];
}

function joinExclusion({ parameters }: Draft, condition: Condition, token: FilterToken): string | null {
  const { field, operator, value } = condition;
  const [single, list] = [`${field}.neq`, `${field}.nin`] as const;
  const earlier = parameters.get(single) ?? parameters.get(list);
  if (earlier === undefined) return null;
  const isOne = (text: string, alone: boolean) => !(alone && text.includes(','));
  if (!isOne(earlier, parameters.has(single)) || !isOne(value, operator === 'NEQ')) {
    throw new FilterError('a value of a list cannot hold a comma', firstValue(token).start);
  }
  parameters.delete(single);
  parameters.set(list, `${earlier},${value}`);
  return list;
}

function set({ parameters }: Draft, parameter: string, value: string, token: FilterToken): void {
  if (parameters.has(parameter)) throw givenTwice(token);
  parameters.set(parameter, value);
}

function givenTwice({ start }: FilterToken): FilterError {
  return new FilterError('is given twice: separate values with commas, or leave one out', start);
}
