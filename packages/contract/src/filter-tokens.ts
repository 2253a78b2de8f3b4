/** What stands between a key and its value; the empty one is `:` alone. */
export type FilterOperator = '' | '>' | '>=' | '<' | '<=' | '~';

/** A value as it was written. */
export interface FilterValue {
  /** Without quotation marks and escapes. */
  readonly text: string;
  /** In quotation marks: no `*`, comma or `..` in it means anything. */
  readonly quoted: boolean;
  /** Where it begins in the text of the filter. */
  readonly start: number;
}

/** One term of a filter as it was written: `-key:>value,value`, or a word alone. */
export interface FilterToken {
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  /** Null for a word alone. */
  readonly key: string | null;
  readonly operator: FilterOperator;
  readonly values: readonly FilterValue[];
}

/** What is wrong with a filter, and where. */
export interface FilterProblem {
  /** Index of the character in the text of the filter, from 0. */
  readonly position: number;
  /** `created:>7x ← unknown unit 'x' (use s m h d w)` */
  readonly message: string;
}

/** The problem of a term: what was read of it, an arrow, what is wrong. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly position: number;

  constructor(reason: string, position: number) {
    super(reason);
    this.position = position;
  }
}

/** `-name:` `owner~` */
const KEY = /-?([A-Za-z][A-Za-z]*)([:~])/y;
const OPERATOR = /[<>]=?/y;
const BLANK = /\s/;
const PLAIN = /\S*/y;
const LISTED = /[^\s,]*/y;

/**
 * Splits a filter into its terms.
 *
 * @throws FilterError for a quotation mark without its partner.
 */
export function splitFilter(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  while (at < text.length) {
    if (BLANK.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const token = readToken(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readToken(text: string, start: number): FilterToken {
  const negated = text[start] === '-';
  const keyed = matchAt(KEY, text, start);
  if (keyed === null) {
    const { values, end } = readValues(text, negated ? start + 1 : start, { list: false });
    return { start, end, negated, key: null, operator: '', values };
  }
  const [whole, key = '', mark] = keyed;
  const afterKey = start + whole.length;
  const comparison = mark === ':' ? (matchAt(OPERATOR, text, afterKey)?.[0] ?? '') : '~';
  const { values, end } = readValues(text, afterKey + (mark === ':' ? comparison.length : 0), { list: true });
  return { start, end, negated, key, operator: comparison as FilterOperator, values };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** `failed,"not sent",killed` up to the next blank; a word alone is no list, its commas are its own. */
function readValues(text: string, start: number, { list }: { readonly list: boolean }) {
  const values: FilterValue[] = [];
  let at = start;
  for (;;) {
    const value = text[at] === '"' ? readQuoted(text, at) : readPlain(text, at, list);
    values.push({ text: value.text, quoted: text[at] === '"', start: at });
    at = value.end;
    if (!list || text[at] !== ',') return { values, end: at };
    at += 1;
  }
}

function readPlain(
  text: string,
  start: number,
  list: boolean,
): { readonly text: string; readonly end: number } {
  const plain = matchAt(list ? LISTED : PLAIN, text, start)?.[0] ?? '';
  return { text: plain, end: start + plain.length };
}

function readQuoted(text: string, start: number): { readonly text: string; readonly end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') {
      const end = at + 1;
      const next = text[end];
      if (next === undefined || next === ',' || BLANK.test(next)) return { text: value, end };
      throw new FilterError('expected a blank after the quotation mark', end);
    }
    if (text[at] === '\\' && at + 1 < text.length) at += 1;
    value += text[at];
  }
  throw new FilterError('the quotation mark has no partner', start);
}

/** A term as text: {@link splitFilter} reads it as the same. */
export function renderFilterToken({ negated, key, operator, values }: FilterToken): string {
  const sign = negated ? '-' : '';
  if (key === null) return sign + values.map((value) => renderValue(value, /\s/)).join('');
  const mark = operator === '~' ? '~' : `:${operator}`;
  return `${sign}${key}${mark}${values.map((value) => renderValue(value, /[\s,]/)).join(',')}`;
}

function renderValue({ text, quoted }: FilterValue, needsQuotes: RegExp): string {
  if (!quoted && !needsQuotes.test(text)) return text;
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

/** The first value of a term; every term has one, which may be empty. */
export function firstValue({ values }: Pick<FilterToken, 'values'>): FilterValue {
  const [first] = values;
  if (first === undefined) throw new Error('every term has a value');
  return first;
}
