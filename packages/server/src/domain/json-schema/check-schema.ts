import { describeValue, type FieldProblem, isRecord } from '@arras/contract';
import { estimatePatternSize } from '../pattern-size.ts';
import type { Shape } from './keyword.ts';
import { findKeyword, isUnsupported } from './keywords.ts';
import { TYPES } from './logic-keywords.ts';
import { createReferences, type FindReferred } from './references.ts';

/** Schemas within a schema. Real ones come to some hundreds. */
const MAX_SCHEMAS = 5_000;

/** Regular expressions of a schema: each is compiled whenever a document is judged. */
const MAX_PATTERNS = 100;

/** What they may come to together: ten of the largest, some hundred milliseconds. */
const MAX_PATTERNS_SIZE = 3_000;

/** Problems that are told at once. */
const MAX_PROBLEMS = 20;

/** Why a pattern cannot be used, as the rest of a sentence; null when it can. */
export type FindPatternProblem = (pattern: string) => string | null;

interface Walk {
  readonly root: unknown;
  readonly findReferred: FindReferred;
  readonly findPatternProblem: FindPatternProblem;
  readonly problems: FieldProblem[];
  readonly waiting: { readonly schema: unknown; readonly field: string }[];
  readonly seen: Set<unknown>;
  patterns: number;
  patternsSize: number;
}

/**
 * Why documents cannot be judged by a schema: what it holds is not what its keywords ask for, refers to something outside, or is
 * not supported. What is not a keyword is a remark. Fields are those of the schema, such as `properties.size.minimum`.
 */
export function findSchemaProblems(
  root: unknown,
  findPatternProblem: FindPatternProblem,
): readonly FieldProblem[] {
  const walk: Walk = {
    root,
    findReferred: createReferences(root),
    findPatternProblem,
    problems: [],
    waiting: [{ schema: root, field: '' }],
    seen: new Set(),
    patterns: 0,
    patternsSize: 0,
  };
  for (let next = walk.waiting.pop(); next !== undefined; next = walk.waiting.pop()) {
    if (walk.seen.has(next.schema) && isRecord(next.schema)) continue;
    walk.seen.add(next.schema);
    if (walk.seen.size > MAX_SCHEMAS)
      note(walk, next.field, `is one of more than ${MAX_SCHEMAS} schemas; expected fewer`);
    if (walk.problems.length > 0 && walk.seen.size > MAX_SCHEMAS) break;
    look(walk, next);
    if (walk.problems.length >= MAX_PROBLEMS) break;
  }
  return walk.problems.slice(0, MAX_PROBLEMS);
}

function look(walk: Walk, { schema, field }: { readonly schema: unknown; readonly field: string }): void {
  if (typeof schema === 'boolean') return;
  if (!isRecord(schema)) return note(walk, field, `expected a schema, got ${describeValue(schema)}`);
  for (const [name, given] of Object.entries(schema)) {
    const place = field === '' ? name : `${field}.${name}`;
    if (isUnsupported(name)) note(walk, place, 'is not supported here; say it with the other keywords');
    if (isOtherBase(name, given, schema === walk.root)) note(walk, place, 'expected no $id but at the top');
    const keyword = findKeyword(name);
    if (keyword !== null) SHAPES[keyword.shape](walk, given, place);
  }
}

/** From there on references would mean something else. */
function isOtherBase(name: string, given: unknown, isRoot: boolean): boolean {
  return name === '$id' && !isRoot && typeof given === 'string' && !given.startsWith('#');
}

function note(walk: Walk, field: string, message: string): void {
  walk.problems.push({ field, message });
}

type Look = (walk: Walk, given: unknown, field: string) => void;

/** A shape of one value. */
const plain =
  (isRight: (given: unknown) => boolean, what: string): Look =>
  (walk, given, field) => {
    if (!isRight(given)) note(walk, field, `expected ${what}, got ${describeValue(given)}`);
  };

const list =
  (each: Look): Look =>
  (walk, given, field) => {
    if (!Array.isArray(given)) return note(walk, field, `expected a list, got ${describeValue(given)}`);
    for (const [index, item] of given.entries()) each(walk, item, `${field}.${index}`);
  };

const named =
  (each: Look): Look =>
  (walk, given, field) => {
    if (!isRecord(given)) return note(walk, field, `expected an object, got ${describeValue(given)}`);
    for (const [name, item] of Object.entries(given)) each(walk, item, `${field}.${name}`);
  };

const listOr =
  (ofList: Look, other: Look): Look =>
  (walk, given, field) =>
    (Array.isArray(given) ? ofList : other)(walk, given, field);

const isText = (given: unknown): given is string => typeof given === 'string';

const schema: Look = (walk, given, field) => void walk.waiting.push({ schema: given, field });
const names = list(plain(isText, 'a name'));
const type = plain(
  (given) => isText(given) && Object.hasOwn(TYPES, given),
  `one of ${Object.keys(TYPES).join(', ')}`,
);

const pattern: Look = (walk, given, field) => {
  if (!isText(given)) return note(walk, field, `expected a regular expression, got ${describeValue(given)}`);
  walk.patterns += 1;
  if (walk.patterns > MAX_PATTERNS)
    return note(walk, field, `is one of more than ${MAX_PATTERNS} regular expressions`);
  if (walk.patternsSize > MAX_PATTERNS_SIZE)
    return note(walk, field, 'is one of several regular expressions that are too large together');
  const problem = walk.findPatternProblem(given);
  if (problem !== null) return note(walk, field, problem);
  walk.patternsSize += estimatePatternSize(given);
};

const schemasByPattern: Look = (walk, given, field) => {
  named(schema)(walk, given, field);
  if (isRecord(given)) for (const each of Object.keys(given)) pattern(walk, each, `${field}.${each}`);
};

/** What is referred to need not be where schemas usually are. */
const reference: Look = (walk, given, field) => {
  const referred = isText(given) ? walk.findReferred(given) : undefined;
  if (referred === undefined)
    note(
      walk,
      field,
      `expected a place in this schema such as #/definitions/name, got ${describeValue(given)}: others are not fetched`,
    );
  else schema(walk, referred, field);
};

const SHAPES = {
  schema,
  schemas: list(schema),
  'schema or schemas': listOr(list(schema), schema),
  'named schemas': named(schema),
  'schemas by pattern': schemasByPattern,
  'named schemas or names': named(listOr(names, schema)),
  number: plain(Number.isFinite, 'a number'),
  'positive number': plain((given) => Number.isFinite(given) && (given as number) > 0, 'a number above 0'),
  'number or flag': plain((given) => Number.isFinite(given) || typeof given === 'boolean', 'a number'),
  count: plain((given) => Number.isInteger(given) && (given as number) >= 0, 'a whole number from 0'),
  flag: plain((given) => typeof given === 'boolean', 'true or false'),
  text: plain(isText, 'a text'),
  pattern,
  names,
  'named names': named(names),
  types: listOr(list(type), type),
  list: list(() => undefined),
  reference,
  anything: () => undefined,
} as const satisfies Record<Shape, Look>;
