import type { FieldProblem } from './errors.ts';
import { JOB_STATUSES } from './events.ts';
import { describeValue } from './expectation.ts';
import { suggestion } from './nearest-word.ts';
import type { Parsed } from './parse-body.ts';
import { parseMemoryGb } from './quantities.ts';
import { isStorable } from './scalars.ts';
import { DATE_FORMS, type DateSpan, parseSearchDate } from './search-dates.ts';
import {
  type DateOperator,
  type FlagOperator,
  findSearchField,
  type NumberOperator,
  SEARCH_OPERATORS,
  type SearchFields,
  type SearchOperator,
  type SearchType,
  type TextOperator,
} from './search-fields.ts';

/** One condition of a search: all of them have to hold. */
export type SearchTerm<Name extends string> = {
  readonly field: Name;
  /** The parameter as it was written, for messages. */
  readonly parameter: string;
} & (
  | { readonly type: 'text'; readonly operator: TextOperator; readonly values: readonly string[] }
  | { readonly type: 'flag'; readonly operator: FlagOperator; readonly value: boolean }
  /** Durations in seconds, memory in GB. */
  | { readonly type: 'number'; readonly operator: NumberOperator; readonly values: readonly number[] }
  | { readonly type: 'date'; readonly operator: DateOperator; readonly values: readonly DateSpan[] }
);

/** A query as servers hand it over: repeated parameters arrive as a list. */
export type RawQuery = Readonly<Record<string, unknown>>;

/** What a search may mean by "now" and "me". */
export interface SearchContext {
  readonly now: Date;
  /** Stands for `me` as owner. Default: `me` stays. */
  readonly username?: string;
}

/** Terms of one search, and values of one list: more than anybody needs, few enough for one statement. */
export const SEARCH_LIMITS = { terms: 50, values: 500 } as const;

/**
 * Reads the search parameters of a query, `field=value` and `field.operator=value`, names and operators in any case
 * (spec: conventions 6). Parameters that name no field are left to others; what is wrong with the rest is reported
 * together.
 */
export function parseSearch<Name extends string>(
  fields: SearchFields<Name>,
  query: RawQuery,
  context: SearchContext,
): Parsed<readonly SearchTerm<Name>[]> {
  const terms: SearchTerm<Name>[] = [];
  const problems: FieldProblem[] = [];
  for (const [parameter, given] of Object.entries(query)) {
    const target = readParameter(fields, parameter);
    if (target === null) continue;
    for (const text of textsOf(given)) {
      const { type } = fields[target.field];
      const result = readTerm({ ...target, type, parameter, text: text.trim() }, context);
      if (typeof result === 'string') problems.push({ field: parameter.toWellFormed(), message: result });
      else terms.push(result);
    }
  }
  if (terms.length > SEARCH_LIMITS.terms) {
    const message = `expected at most ${SEARCH_LIMITS.terms} search parameters, got ${terms.length}`;
    problems.push({ field: terms[SEARCH_LIMITS.terms]?.parameter ?? '', message });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: terms };
}

/** What HTTP servers and callers give: a text, a number or a boolean, or a list of them. */
function textsOf(given: unknown): string[] {
  if (Array.isArray(given)) return given.flatMap(textsOf);
  if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean')
    return [String(given)];
  return [];
}

interface Target<Name> {
  readonly field: Name;
  readonly operator: string;
}

interface Given<Name> extends Target<Name> {
  readonly type: SearchType;
  readonly parameter: string;
  readonly text: string;
}

/** `status`, `status.in`, `login.host`, `login.host.like`: names can have dots themselves. Null for no field. */
function readParameter<Name extends string>(
  fields: SearchFields<Name>,
  parameter: string,
): Target<Name> | null {
  const dots = [parameter.length, parameter.lastIndexOf('.'), parameter.indexOf('.')];
  for (const dot of dots.filter((place) => place >= 0)) {
    const field = findSearchField(fields, parameter.slice(0, dot).trim());
    if (field === null) continue;
    const operator = parameter
      .slice(dot + 1)
      .trim()
      .toUpperCase();
    return { field, operator: dot === parameter.length ? 'EQ' : operator };
  }
  return null;
}

/** A term, or the sentence that says what is wrong. */
function readTerm<Name extends string>(
  given: Given<Name>,
  context: SearchContext,
): SearchTerm<Name> | string {
  const { field, type, parameter, text } = given;
  const operators: readonly SearchOperator[] = SEARCH_OPERATORS[type];
  const operator = operators.find((each) => each === given.operator);
  if (operator === undefined) {
    return `expected one of the operators ${operators.join(', ').toLowerCase()}, got ${describeValue(given.operator.toLowerCase())}`;
  }
  if (!isStorable(text)) return 'expected text without NUL characters; remove them';
  const parts = splitValues(operator, text);
  if (typeof parts === 'string') return parts;
  const about = { field, parameter };
  switch (type) {
    case 'flag':
      return { ...about, type: 'flag', operator: operator as FlagOperator, value: isTrue(text) };
    case 'text':
    case 'status': {
      const values = readAll(parts, (part) => readText({ part, field, type, operator }, context));
      return typeof values === 'string'
        ? values
        : { ...about, type: 'text', operator: operator as TextOperator, values };
    }
    case 'date': {
      const values = readAll(parts, (part) => readDate(part, context));
      return typeof values === 'string'
        ? values
        : { ...about, type: 'date', operator: operator as DateOperator, values };
    }
    case 'integer':
    case 'number':
    case 'memory':
    case 'duration': {
      const values = readAll(parts, (part) => readNumber(part, type));
      return typeof values === 'string'
        ? values
        : { ...about, type: 'number', operator: operator as NumberOperator, values };
    }
  }
}

/** `true` and `1` in any case, and with them Python's True, are true; all else is false (spec: conventions 6). */
function isTrue(text: string): boolean {
  return ['true', '1', 'yes', 'on'].includes(text.toLowerCase());
}

/** The values of a parameter: one, or the parts of a list. A single value of a range stands for both ends. */
function splitValues(operator: SearchOperator, text: string): readonly string[] | string {
  if (operator === 'IN' || operator === 'NIN') {
    const parts = text.split(',').map((part) => part.trim());
    if (parts.length <= SEARCH_LIMITS.values) return parts;
    return `expected at most ${SEARCH_LIMITS.values} values, got ${parts.length}`;
  }
  if (operator !== 'BETWEEN') return [text];
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length === 1) return [text, text];
  return parts.length === 2 ? parts : `expected two values with a comma between them, got ${parts.length}`;
}

function readAll<Value extends string | number | DateSpan>(
  parts: readonly string[],
  read: (part: string) => { readonly value: Value } | string,
): readonly Value[] | string {
  const results = parts.map(read);
  const problem = results.find((result) => typeof result === 'string');
  if (typeof problem === 'string') return problem;
  return results.flatMap((result) => (typeof result === 'string' ? [] : [result.value]));
}

interface TextPart {
  readonly part: string;
  readonly field: string;
  readonly type: 'text' | 'status';
  readonly operator: SearchOperator;
}

function readText(
  { part, field, type, operator }: TextPart,
  { username }: SearchContext,
): { readonly value: string } | string {
  const isPattern = operator.endsWith('LIKE');
  if (isPattern) return { value: part };
  if (type === 'status') return readStatus(part);
  const isMe = field === 'owner' && part.toLowerCase() === 'me';
  return { value: isMe ? (username ?? part) : part };
}

function readStatus(part: string): { readonly value: string } | string {
  const status = JOB_STATUSES.find((each) => each === part.toUpperCase());
  if (status !== undefined) return { value: status };
  return `expected a status such as RUNNING, got ${describeValue(part)}${suggestion(part, JOB_STATUSES)}`;
}

function readDate(part: string, { now }: SearchContext): { readonly value: DateSpan } | string {
  const span = parseSearchDate(part, now);
  return span === null ? `expected ${DATE_FORMS}, got ${describeValue(part)}` : { value: span };
}

const NUMBER = /^[+-]?\d{1,15}(?:\.\d{0,9})?$/;

/** `01:30:00`, and without the limit on hours that submissions have. */
const CLOCK = /^(\d{1,6}):([0-5]\d):([0-5]\d)$/;

const EXPECTED_NUMBER = {
  integer: 'a whole number',
  number: 'a number',
  memory: 'an amount of memory such as 16, 16GB or 512MB',
  duration: 'a duration as hh:mm:ss or in seconds',
} as const;

function readNumber(
  part: string,
  type: Exclude<SearchType, 'text' | 'status' | 'flag' | 'date'>,
): { readonly value: number } | string {
  const value = NUMBER.test(part) ? Number(part) : readQuantity(part, type);
  if (value !== null && (type !== 'integer' || Number.isInteger(value))) return { value };
  return `expected ${EXPECTED_NUMBER[type]}, got ${describeValue(part)}`;
}

function readQuantity(part: string, type: SearchType): number | null {
  if (type === 'memory') return parseMemoryGb(part);
  const [, hours, minutes, seconds] = (type === 'duration' ? CLOCK.exec(part) : null) ?? [];
  if (hours === undefined) return null;
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}
