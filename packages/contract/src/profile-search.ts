import type { FieldProblem } from './errors.ts';
import { describeValue } from './expectation.ts';
import { pageQuerySchema, queryTextSchema } from './listing.ts';

/** The fields that users can be searched by, with their other names. */
export const PROFILE_SEARCH_FIELDS = {
  username: [],
  email: [],
  first_name: ['firstname'],
  last_name: ['lastname'],
  full_name: ['name', 'fullname'],
  phone: [],
  mobile_phone: ['mobilephone'],
} as const satisfies Record<string, readonly string[]>;

/** A field that users can be searched by. */
export type ProfileSearchField = keyof typeof PROFILE_SEARCH_FIELDS;

const FIELD_NAMES = Object.keys(PROFILE_SEARCH_FIELDS) as readonly ProfileSearchField[];

/** The operators of a search for users; texts count in any case. */
const OPERATORS = ['EQ', 'NEQ', 'IN', 'NIN', 'LIKE', 'NLIKE'] as const;

/** One condition on users. */
export interface ProfileTerm {
  readonly field: ProfileSearchField;
  /** Whether it must hold, or must not. */
  readonly isNegated: boolean;
  /** Any of these; `*` stands for any characters where `isPattern`. */
  readonly values: readonly string[];
  readonly isPattern: boolean;
}

/** Paging and search of a listing of users. */
export const profileListQuerySchema = pageQuerySchema.extend({
  username: queryTextSchema.describe('Name of the user.'),
  email: queryTextSchema.describe('Address of the user.'),
  first_name: queryTextSchema.describe('First name.'),
  last_name: queryTextSchema.describe('Last name.'),
  name: queryTextSchema.describe('First and last name together; also full_name.'),
  phone: queryTextSchema.describe('Telephone number.'),
  mobile_phone: queryTextSchema.describe(
    `Number of a mobile telephone. Any of these fields with an operator is \`email.OPERATOR\`, one of ${OPERATORS.join(', ').toLowerCase()}.`,
  ),
});

/**
 * Reads the conditions of a search for users from the parameters of a query, each of them to be met. Parameters that are
 * no fields are ignored (spec: conventions 6).
 */
export function parseProfileSearch(query: Readonly<Record<string, unknown>>): {
  readonly terms: readonly ProfileTerm[];
  readonly problems: readonly FieldProblem[];
} {
  const terms: ProfileTerm[] = [];
  const problems: FieldProblem[] = [];
  for (const [name, given] of Object.entries(query)) {
    const [written = '', operator = 'eq'] = name.toLowerCase().split('.', 2);
    const field = findField(written);
    const value = String(Array.isArray(given) ? given.at(-1) : (given ?? '')).trim();
    if (field === null || value === '') continue;
    const known = OPERATORS.find((each) => each.toLowerCase() === operator);
    if (known === undefined) {
      const message = `expected one of the operators ${OPERATORS.join(', ').toLowerCase()}, got ${describeValue(operator)}`;
      problems.push({ field: name, message });
    } else terms.push(termOf(field, known, value));
  }
  return { terms, problems };
}

function findField(written: string): ProfileSearchField | null {
  return (
    FIELD_NAMES.find((name) => [name, ...PROFILE_SEARCH_FIELDS[name]].some((each) => each === written)) ??
    null
  );
}

function termOf(field: ProfileSearchField, operator: (typeof OPERATORS)[number], value: string): ProfileTerm {
  const isNegated = operator.startsWith('N');
  const isList = operator.endsWith('IN');
  const values = isList ? value.split(',').map((each) => each.trim()) : [value];
  return { field, isNegated, values, isPattern: operator.endsWith('LIKE') };
}
