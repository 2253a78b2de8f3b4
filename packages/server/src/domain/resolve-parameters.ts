import {
  describeValue,
  type FieldProblem,
  listDefaults,
  type ParameterDefinition,
  type ParameterType,
  type Scalar,
  suggestion,
} from '@arras/contract';
import { findCountProblem, findGivenValues, type ValueRequest } from './given-values.ts';

/** A parameter as a job keeps it: one value as it is, several as a list. */
export type ParameterValues = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** Everything that resolving parameters depends on beside the request. */
export interface ParameterRules {
  readonly definitions: readonly ParameterDefinition[];
  readonly findsMatch: (pattern: string, value: string) => boolean;
}

/** The parameters that are sound, by id, and everything that is wrong with the others. */
export interface ResolvedParameters {
  readonly parameters: ParameterValues;
  readonly problems: readonly FieldProblem[];
}

/** Applies the rules of spec/jobs.md 2.3 to a request. */
export function resolveParameters(request: ValueRequest, rules: ParameterRules): ResolvedParameters {
  const resolved = rules.definitions.map((definition) => ({
    id: definition.id,
    ...resolveParameter(request, definition, rules),
  }));
  return {
    parameters: Object.fromEntries(
      resolved.filter(({ values }) => values.length > 0).map(({ id, values }) => [id, fold(values)]),
    ),
    problems: resolved.flatMap((parameter) => parameter.problems),
  };
}

interface Resolution {
  readonly values: readonly Scalar[];
  readonly problems: readonly FieldProblem[];
}

function resolveParameter(
  request: ValueRequest,
  definition: ParameterDefinition,
  rules: ParameterRules,
): Resolution {
  const { value } = definition;
  const given = findGivenValues(request, definition, 'parameters');
  const refuse = (message: string): Resolution => ({
    values: [],
    problems: [{ field: given.field, message }],
  });
  if (!value.visible) {
    if (given.values.length > 0) return refuse('is set by the app and cannot be chosen; leave it out');
    return { values: hiddenValues(definition), problems: [] };
  }
  if (given.values.length === 0) {
    return value.required
      ? refuse(`is required: expected ${describeType(definition)}`)
      : { values: [], problems: [] };
  }
  const wrongCount = findCountProblem(definition, given.values.length);
  if (wrongCount !== null) return refuse(wrongCount);
  const read = given.values.map((item) => readValue(item, definition, rules.findsMatch));
  const wrong = read.find((item) => !item.ok);
  if (wrong !== undefined) return refuse(wrong.message);
  return { values: read.filter((item) => item.ok).map((item) => item.value), problems: [] };
}

/** The app's own value of a parameter that users cannot choose; its type was checked when the app was registered. */
function hiddenValues({ value }: ParameterDefinition): readonly Scalar[] {
  const defaults = listDefaults(value.default);
  switch (value.type) {
    case 'bool':
    case 'flag':
      return [readBoolean(defaults[0] ?? false) ?? false];
    case 'number':
      return defaults.map(Number);
    case 'string':
    case 'enumeration':
      return defaults.map(renderText);
  }
}

function fold(values: readonly Scalar[]): Scalar | readonly Scalar[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

type Read = { readonly ok: true; readonly value: Scalar } | { readonly ok: false; readonly message: string };

type Matcher = ParameterRules['findsMatch'];

function readValue(item: Scalar, definition: ParameterDefinition, findsMatch: Matcher): Read {
  const value = READERS[definition.value.type](item, definition);
  const describeWrong = (what: string) => `expected ${what}, got ${describeValue(item)}`;
  if (value === null) {
    const hint = enumerationHint(item, definition);
    return { ok: false, message: `${describeWrong(describeType(definition))}${hint}` };
  }
  const { validator, type } = definition.value;
  const isMatched = type === 'string' || type === 'number';
  if (isMatched && validator !== null && !findsMatch(validator, renderText(item))) {
    return { ok: false, message: describeWrong(`a value that matches ${validator}`) };
  }
  return { ok: true, value };
}

/** Turns what was given into a value of the type; null when it is none. */
const READERS = {
  string: renderText,
  number: readNumber,
  bool: readBoolean,
  flag: readBoolean,
  enumeration: (item, definition) =>
    enumerationKeys(definition).find((key) => key === renderText(item)) ?? null,
} as const satisfies Record<ParameterType, (item: Scalar, definition: ParameterDefinition) => Scalar | null>;

/** Plain decimal text: never `1e+21`, which programs and validators would read differently (spec/jobs.md 2.3). */
function renderText(item: Scalar): string {
  if (typeof item !== 'number') return String(item);
  if (Number.isInteger(item)) return BigInt(item).toString();
  // Beyond whole numbers JavaScript writes an exponent only below 1e-6: `-1.5e-7`.
  const [, sign, digits, fraction = '', exponent] =
    /^(-?)([0-9])\.?([0-9]*)e-([0-9]+)$/.exec(String(item)) ?? [];
  if (exponent === undefined) return String(item);
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${digits}${fraction}`;
}

/** `12`, `-3.5`, `.5`, `1e6`. */
const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,4})?$/i;

/** Whole numbers that would lose digits are refused: the job would get another value than was sent. */
function readNumber(item: Scalar): number | null {
  if (typeof item === 'boolean') return null;
  if (typeof item === 'string' && !NUMBER.test(item.trim())) return null;
  const number = Number(item);
  if (!Number.isFinite(number)) return null;
  const losesDigits = typeof item === 'string' && Number.isInteger(number) && !Number.isSafeInteger(number);
  return losesDigits ? null : number;
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
]);

function readBoolean(item: Scalar): boolean | null {
  return BOOLEANS.get(String(item).trim().toLowerCase()) ?? null;
}

function enumerationKeys({ value }: ParameterDefinition): readonly string[] {
  return (value.enum_values ?? []).flatMap((entry) => Object.keys(entry));
}

function describeType(definition: ParameterDefinition): string {
  switch (definition.value.type) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number of at most 15 digits';
    case 'bool':
    case 'flag':
      return 'true or false (1 or 0, on or off)';
    case 'enumeration':
      return `one of ${enumerationKeys(definition).join(', ')}`;
  }
}

function enumerationHint(item: Scalar, definition: ParameterDefinition): string {
  return definition.value.type === 'enumeration' ? suggestion(String(item), enumerationKeys(definition)) : '';
}
