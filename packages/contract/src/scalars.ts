import { z } from 'zod';
import { describeValue, expected, expectedSecret, tooLong } from './expectation.ts';
import { formatRunTime, parseMemoryGb, parseRunTime } from './quantities.ts';

/** How a field looks in JSON Schema where its zod schema is more lenient than what we advise to send. */
export const wireShapes = z.registry<Record<string, unknown>>();

/** Texts that mean true and false, in any case; Python's True and False are among them (spec: clients). */
const TRUE_WORDS = ['true', 'yes', 'on', '1'];

// Control characters end a line, start an escape sequence, or cannot be stored (NUL). U+2028 and U+2029 are line ends.
// oxlint-disable-next-line eslint/no-control-regex -- they are what is sought
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;

/** What {@link line} may check beyond its form. */
export interface LineRule {
  /** Names the field's content in messages, such as "the name of a queue". */
  readonly what: string;
  readonly max: number;
  readonly min?: number;
  readonly pattern?: RegExp;
  /** Says in words what `pattern` allows. */
  readonly hint?: string;
}

/** One line of text: no NUL, no line end, no control character, so it can stand in a header or a directive. */
export function line(rule: LineRule) {
  const { what, max, min = 1, pattern, hint } = rule;
  const most = `of at most ${max} characters`;
  let schema = z
    .string({ error: expected(`${what}, a text ${most}`) })
    .min(min, { error: expected(min === 1 ? `${what}, not empty` : `${what} of at least ${min} characters`) })
    .max(max, { error: tooLong(what, max) })
    .refine((text) => !CONTROL.test(text) && text.isWellFormed(), {
      error: ({ input }) =>
        `expected ${what} on one line without control characters, got ${describeValue(input)}; remove them`,
    });
  if (pattern !== undefined) {
    schema = schema.regex(pattern, { error: expected(`${what} ${hint ?? 'of another form'}`) });
  }
  return schema;
}

/** Text of any number of lines, without NUL. */
export function text({ what, max }: { readonly what: string; readonly max: number }) {
  return z
    .string({ error: expected(`${what}, a text`) })
    .max(max, { error: tooLong(what, max) })
    .refine(isStorable, { error: `expected ${what} without NUL characters; remove them` });
}

/** A secret: any text without NUL, never repeated in a message. */
export function secret({
  what,
  max,
  min = 1,
}: {
  readonly what: string;
  readonly max: number;
  readonly min?: number;
}) {
  const error = expectedSecret(`${what} of ${min} to ${max} characters`);
  return z
    .string({ error })
    .min(min, { error })
    .max(max, { error })
    .refine(isStorable, { error: `expected ${what} without NUL characters` });
}

/** True when a text can be stored and sent byte for byte: no NUL, no lone surrogate. */
export function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}

const looseNumber = (what: string) => z.union([z.number(), z.string()], { error: expected(what) });

/** Largest count accepted: what a 32-bit integer column and every scheduler can hold. */
const COUNT_MAX = 2_147_483_647;

/** A whole number above 0, as a number or as its digits. */
export function count(what = 'a whole number above 0') {
  const schema = looseNumber(what).transform((value, context) => {
    const number =
      typeof value === 'number' ? value : /^[0-9]{1,10}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (Number.isInteger(number) && number >= 1 && number <= COUNT_MAX) return number;
    return refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, { type: 'integer', minimum: 1, maximum: COUNT_MAX });
  return schema;
}

/** A whole number from `min` to `max`, as a number or as its digits. */
export function integerBetween(min: number, max: number) {
  const what = `a whole number from ${min} to ${max}`;
  const schema = looseNumber(what).transform((value, context) => {
    const number =
      typeof value === 'number' ? value : /^-?[0-9]{1,10}$/.test(value.trim()) ? Number(value) : Number.NaN;
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    return refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, { type: 'integer', minimum: min, maximum: max });
  return schema;
}

/** A limit: a whole number above 0, or -1 for none. */
export function limit() {
  const schema = integerBetween(-1, COUNT_MAX).transform((value, context) =>
    value === 0
      ? refuse(context, 'expected a whole number above 0, or -1 for no limit, got 0 (number)')
      : value,
  );
  wireShapes.add(schema, { type: 'integer', minimum: -1, maximum: COUNT_MAX, not: { const: 0 } });
  return schema;
}

/** Memory in GB: a number, or a text such as "1GB", "512MB", "1.5". */
function memory() {
  const what = 'an amount of memory above 0, in GB or with a unit such as 16GB or 512MB';
  const schema = looseNumber(what).transform((value, context) => {
    const gb = parseMemoryGb(value);
    return gb ?? refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, { type: ['number', 'string'], examples: [1.5, '16GB', '512MB'] });
  return schema;
}

/**
 * Memory that is asked for, in GB; undefined for none. Existing clients put the default of an app into their requests, as
 * `-1` or `-1GB` where it has none.
 */
export function requestedMemory() {
  const asked = memory();
  const schema = looseNumber('an amount of memory').transform((value, context) => {
    if (/^-1(?:\.0)?\s*(?:GB?)?$/i.test(String(value).trim())) return undefined;
    const parsed = asked.safeParse(value);
    return parsed.success ? parsed.data : refuse(context, parsed.error.issues[0]?.message ?? '');
  });
  wireShapes.add(schema, { type: ['number', 'string'], examples: [1.5, '16GB', '512MB'] });
  return schema;
}

/** Memory in GB, or -1 for no limit. */
export function memoryLimit() {
  const what = 'an amount of memory such as 64 or 64GB, or -1 for no limit';
  const schema = looseNumber(what).transform((value, context) => {
    if (Number(value) === -1) return -1;
    return parseMemoryGb(value) ?? refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, { type: ['number', 'string'], examples: [-1, 64, '64GB'] });
  return schema;
}

/** A run time as `H…:MM:SS`, returned as `HH:MM:SS`. */
export function runTime() {
  const what = 'a run time above 0 as HH:MM:SS, such as 01:00:00';
  const schema = z.string({ error: expected(what) }).transform((value, context) => {
    const seconds = parseRunTime(value);
    if (seconds !== null && seconds > 0) return formatRunTime(seconds);
    return refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, {
    type: 'string',
    pattern: '^[0-9]{1,4}:[0-5][0-9]:[0-5][0-9]$',
    examples: ['01:00:00'],
  });
  return schema;
}

/** True or false as the original reads them: true, yes, on and 1 in any case are true, any other text is false. */
export function flag() {
  const schema = z
    .union([z.boolean(), z.string(), z.number()], { error: expected('true or false') })
    .transform((value) => TRUE_WORDS.includes(String(value).trim().toLowerCase()));
  wireShapes.add(schema, { type: 'boolean' });
  return schema;
}

/** One of some words, in any case; returned as spelled in the list. */
export function word<const Word extends string>(
  words: readonly Word[],
  aliases: Readonly<Record<string, Word>> = {},
) {
  const what = `one of ${words.join(', ')}`;
  const schema = z.string({ error: expected(what) }).transform((value, context): Word => {
    const wanted = value.trim().toLowerCase();
    const found = words.find((candidate) => candidate.toLowerCase() === wanted);
    const alias = Object.entries(aliases).find(([name]) => name.toLowerCase() === wanted)?.[1];
    return found ?? alias ?? refuse(context, `expected ${what}, got ${describeValue(value)}`);
  });
  wireShapes.add(schema, { type: 'string', enum: [...words] });
  return schema;
}

/** Adds the problem to the field and stops its value from being used. */
export function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
