/** What values a field has, which decides the operators that it takes. */
export type SearchType = 'text' | 'status' | 'flag' | 'date' | 'integer' | 'number' | 'memory' | 'duration';

/** A field that resources of a kind can be searched and ordered by. */
export interface SearchField {
  readonly type: SearchType;
  /** Other names; all names are accepted in any case. */
  readonly aliases: readonly string[];
  readonly description: string;
}

/** The fields of a kind of resource by their names. */
export type SearchFields<Name extends string> = Readonly<Record<Name, SearchField>>;

const BY_ANY_NAME = new WeakMap<object, ReadonlyMap<string, string>>();

/** The field of that name or alias, in any case; null when there is none. */
export function findSearchField<Name extends string>(fields: SearchFields<Name>, name: string): Name | null {
  const known = BY_ANY_NAME.get(fields) ?? namesOf(fields);
  BY_ANY_NAME.set(fields, known);
  // Made of the names of these very fields.
  return (known.get(name.toLowerCase()) as Name | undefined) ?? null;
}

function namesOf(fields: SearchFields<string>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fields).flatMap(([name, { aliases }]) =>
      [name, ...aliases].map((each) => [each.toLowerCase(), name] as const),
    ),
  );
}

const TEXT_OPERATORS = ['EQ', 'NEQ', 'IN', 'NIN', 'LIKE', 'NLIKE', 'RLIKE'] as const;
const NUMBER_OPERATORS = ['EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE', 'IN', 'NIN', 'BETWEEN'] as const;
const DATE_OPERATORS = [
  ...(['EQ', 'NEQ', 'LT', 'LTE', 'GT', 'GTE'] as const),
  ...(['BEFORE', 'AFTER', 'ON', 'BETWEEN'] as const),
] as const;
const FLAG_OPERATORS = ['EQ', 'NEQ'] as const;

/** Operator on texts. */
export type TextOperator = (typeof TEXT_OPERATORS)[number];
/** Operator on numbers and durations. */
export type NumberOperator = (typeof NUMBER_OPERATORS)[number];
/** Operator on times. */
export type DateOperator = (typeof DATE_OPERATORS)[number];
/** Operator on what is true or false. */
export type FlagOperator = (typeof FLAG_OPERATORS)[number];
/** Operator of a search parameter. */
export type SearchOperator = TextOperator | NumberOperator | DateOperator | FlagOperator;

/** The operators that each type of field takes (spec: conventions 6). */
export const SEARCH_OPERATORS = {
  text: TEXT_OPERATORS,
  status: TEXT_OPERATORS,
  flag: FLAG_OPERATORS,
  date: DATE_OPERATORS,
  integer: NUMBER_OPERATORS,
  number: NUMBER_OPERATORS,
  memory: NUMBER_OPERATORS,
  duration: NUMBER_OPERATORS,
} as const satisfies Record<SearchType, readonly SearchOperator[]>;
