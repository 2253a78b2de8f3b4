import { describeValue } from '@arras/contract';
import { type Check, FINE, type Judge, type Judged, type Keyword, wrong } from './keyword.ts';

/** Kinds of JSON values, as schemas name them. */
export const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  string: (value) => typeof value === 'string',
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const type: Check = (given, judged) => {
  const names = [given].flat() as string[];
  if (names.some((name) => TYPES[name]?.(judged.value))) return FINE;
  return wrong(judged, `expected ${names.join(' or ')}, got ${describeValue(judged.value)}`);
};

/** Choices that a message repeats. */
const SHOWN_CHOICES = 10;

const oneOfValues: Check = (given, judged, { judge }) => {
  const choices = given as readonly unknown[];
  if (choices.some((choice) => judge.isSame(choice, judged.value))) return FINE;
  const shown = choices.slice(0, SHOWN_CHOICES).map(describeValue).join(', ');
  return wrong(
    judged,
    `expected one of ${shown}${choices.length > SHOWN_CHOICES ? ', …' : ''}, got ${describeValue(judged.value)}`,
  );
};

const constant: Check = (given, judged, { judge }) =>
  judge.isSame(given, judged.value)
    ? FINE
    : wrong(judged, `expected ${describeValue(given)}, got ${describeValue(judged.value)}`);

const allOf: Check = (given, judged, { judge }) =>
  (given as readonly unknown[]).flatMap((schema) => judge.apply(schema, judged));

/** With one alternative alone it is that one which tells what is wrong. */
const anyOf: Check = (given, judged, { judge }) => {
  const schemas = given as readonly unknown[];
  const problems = schemas.length === 1 ? judge.apply(schemas[0], judged) : FINE;
  if (schemas.length === 1) return problems;
  if (schemas.some((schema) => isRight(judge, schema, judged))) return FINE;
  return wrong(judged, `fits none of the ${schemas.length} alternatives of anyOf`);
};

const oneOf: Check = (given, judged, { judge }) => {
  const schemas = given as readonly unknown[];
  const count = schemas.filter((schema) => isRight(judge, schema, judged)).length;
  if (count === 1) return FINE;
  return wrong(
    judged,
    `fits ${count} of the ${schemas.length} alternatives of oneOf, and must fit exactly one`,
  );
};

const not: Check = (given, judged, { judge }) =>
  isRight(judge, given, judged) ? wrong(judged, 'is what the schema rules out with not') : FINE;

const condition: Check = (given, judged, { judge, schema }) => {
  const branch = isRight(judge, given, judged) ? schema['then'] : schema['else'];
  return branch === undefined ? FINE : judge.apply(branch, judged);
};

function isRight(judge: Judge, schema: unknown, judged: Judged): boolean {
  return judge.apply(schema, judged).length === 0;
}

/** Keywords that judge values of every kind. */
export const LOGIC_KEYWORDS = {
  $ref: {
    shape: 'reference',
    check: (given, judged, { judge }) => judge.apply(judge.follow(given as string), judged),
  },
  type: { shape: 'types', check: type },
  enum: { shape: 'list', check: oneOfValues },
  const: { shape: 'anything', check: constant },
  allOf: { shape: 'schemas', check: allOf },
  anyOf: { shape: 'schemas', check: anyOf },
  oneOf: { shape: 'schemas', check: oneOf },
  not: { shape: 'schema', check: not },
  if: { shape: 'schema', check: condition },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword is called so
  then: { shape: 'schema' },
  else: { shape: 'schema' },
  definitions: { shape: 'named schemas' },
  $defs: { shape: 'named schemas' },
} as const satisfies Record<string, Keyword>;
