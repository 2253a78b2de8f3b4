import type { FieldProblem } from '@arras/contract';

/** What a keyword of a JSON Schema must hold; the check of schemas and the walk through them follow from it. */
export type Shape =
  | 'schema'
  | 'schemas'
  | 'schema or schemas'
  | 'named schemas'
  | 'schemas by pattern'
  | 'named schemas or names'
  | 'number'
  | 'positive number'
  | 'number or flag'
  | 'count'
  | 'flag'
  | 'text'
  | 'pattern'
  | 'names'
  | 'named names'
  | 'types'
  | 'list'
  | 'reference'
  | 'anything';

/** A JSON Schema that is no boolean. */
export type SchemaObject = Readonly<Record<string, unknown>>;

/** A value under judgement, and where it is. */
export interface Judged {
  readonly value: unknown;
  /** Such as `value.sample.size`. */
  readonly field: string;
}

/** What keywords judge with. Everything costs steps, of which there are not many: schemas are somebody's programs. */
export interface Judge {
  /** What is wrong with a value by a schema. */
  apply(schema: unknown, judged: Judged): readonly FieldProblem[];
  matches(pattern: string, text: string): boolean;
  /** Whether two values are the same JSON. */
  isSame(one: unknown, other: unknown): boolean;
  /** One text for all values that are the same JSON. */
  textOf(value: unknown): string;
  follow(reference: string): unknown;
}

/** Judges a value by what a keyword holds. What it holds has the keyword's shape: no other schema gets here. */
export type Check = (
  given: unknown,
  judged: Judged,
  context: { readonly judge: Judge; readonly schema: SchemaObject },
) => readonly FieldProblem[];

/** A keyword of a JSON Schema. */
export interface Keyword {
  readonly shape: Shape;
  /** Absent where another keyword reads it, or where it says nothing about values. */
  readonly check?: Check;
}

/** Nothing is wrong. */
export const FINE: readonly FieldProblem[] = [];

/** What is wrong at one place. */
export function wrong({ field }: Judged, message: string): readonly FieldProblem[] {
  return [{ field, message }];
}

/** A check of values of one kind, told by their `typeof`; all others are fine. Null: so is this one. */
export function checkOf(
  kind: 'number' | 'string',
  findProblem: (given: never, value: never, context: Parameters<Check>[2]) => string | null,
): Check {
  return (given, judged, context) => {
    const isOfKind = typeof judged.value === kind;
    // The kind and the shape have been checked, which the types cannot follow.
    const problem = isOfKind ? findProblem(given as never, judged.value as never, context) : null;
    return problem === null ? FINE : wrong(judged, problem);
  };
}

/** The same place, one step further down. */
export function below({ field }: Judged, name: string | number, value: unknown): Judged {
  const shown = String(name);
  return { field: `${field}.${shown.length > SHOWN_NAME ? `${shown.slice(0, SHOWN_NAME)}…` : shown}`, value };
}

/** Characters of a name that problems repeat. */
const SHOWN_NAME = 60;
