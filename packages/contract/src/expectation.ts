/** The part of a zod issue that messages are made from. */
interface Issue {
  readonly input?: unknown;
}

/** Longest part of a value that a message repeats. */
const SHOWN_LENGTH = 60;

/** `"two" (string)`, `0 (number)`, `a list`: a value as error messages show it, cut and escaped. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') {
    const cut = value.length > SHOWN_LENGTH ? `${value.slice(0, SHOWN_LENGTH)}…` : value;
    return `${JSON.stringify(cut.toWellFormed())} (string)`;
  }
  return typeof value === 'number' || typeof value === 'boolean'
    ? `${value} (${typeof value})`
    : `a ${typeof value}`;
}

/** Sentence for a field that is missing or wrong: what was expected, what was got. */
export function expected(what: string): (issue: Issue) => string {
  return ({ input }) =>
    input === undefined ? `is required: expected ${what}` : `expected ${what}, got ${describeValue(input)}`;
}

/** As {@link expected}, for secrets: the value is never repeated. */
export function expectedSecret(what: string): (issue: Issue) => string {
  return ({ input }) =>
    input === undefined ? `is required: expected ${what}` : `expected ${what}, got something else`;
}

/** Sentence for a text of more than `max` characters: says how long it was instead of repeating it. */
export function tooLong(what: string, max: number): (issue: Issue) => string {
  return ({ input }) => {
    const length = typeof input === 'string' ? `, got ${input.length}` : '';
    return `expected ${what} of at most ${max} characters${length}; shorten it`;
  };
}
