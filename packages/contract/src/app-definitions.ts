import { z } from 'zod';
import { expected } from './expectation.ts';
import { whenSound } from './parse-body.ts';
import { flag, integerBetween, isStorable, line, text, word } from './scalars.ts';

/** The types a parameter can have. */
export const PARAMETER_TYPES = ['string', 'number', 'bool', 'enumeration', 'flag'] as const;

/** The type of a parameter. */
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** Longest regular expression of a validator. Whether it is safe to run is checked by the server. */
const VALIDATOR_MAX = 1024;

/** Property names that mean something to JavaScript objects. */
const RESERVED_IDS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

const definitionIdSchema = line({
  what: 'an id',
  max: 64,
  pattern: /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/,
  hint: 'of letters, digits and . _ -, beginning with a letter, a digit or _',
}).refine((id) => !RESERVED_IDS.includes(id), { error: 'is reserved; choose another id' });

const validatorSchema = line({ what: 'a regular expression', max: VALIDATOR_MAX }).nullable().default(null);

const detailsSchema = z
  .object({
    label: line({ what: 'a label', max: 128, min: 0 }).default(''),
    description: text({ what: 'a description', max: 1024 }).default(''),
    argument: line({ what: 'an argument', max: 64, min: 0 }).nullable().default(null),
    showArgument: flag().default(false),
    repeatArgument: flag().default(false),
  })
  .prefault({});

const semanticsSchema = z
  .object({
    minCardinality: integerBetween(0, 1_000_000).optional(),
    maxCardinality: integerBetween(-1, 1_000_000).default(1).describe('-1 means any number.'),
    ontology: z.array(line({ what: 'a term of an ontology', max: 255 })).default([]),
    fileTypes: z.array(line({ what: 'a file type', max: 255 })).default([]),
  })
  .prefault({});

const storableText = z
  .string({ error: expected('a text') })
  .max(16_384, { error: 'expected at most 16384 characters' })
  .refine(isStorable, { error: 'expected text without NUL characters; remove them' });

const inputDefaultSchema = z
  .union([storableText, z.array(storableText)], {
    error: expected('a path or URL (text), or a list of them'),
  })
  .optional();

const shared = {
  visible: flag().default(true),
  required: flag().optional().describe('Default: true for hidden ones, else false.'),
  order: integerBetween(-1_000_000, 1_000_000).default(0),
  enquote: flag().default(false),
};

const inputFields = z.object({
  id: definitionIdSchema,
  value: z.object({ ...shared, default: inputDefaultSchema, validator: validatorSchema }).prefault({}),
  details: detailsSchema,
  semantics: semanticsSchema,
});

/** An input of an app as given; what is left out takes the defaults of the spec (systems-apps-files 2.3). */
export const inputDefinitionSchema = inputFields
  .transform(withCardinality)
  .superRefine((input, context) => checkCounts(input, listDefaults(input.value.default).length, context));

/** An input of an app. */
export type InputDefinition = z.output<typeof inputDefinitionSchema>;

const scalarDefault = z.union([storableText, z.number(), z.boolean()], {
  error: expected('a text, a number, or true or false'),
});

/** `[{"key":"label"}]`, as the original writes it, or plain texts that are their own labels. */
const enumValuesSchema = z
  .array(
    z
      .union([storableText, z.record(z.string(), storableText)], {
        error: expected('an object {"value": "label"}'),
      })
      .transform((item) => (typeof item === 'string' ? { [item]: item } : item))
      .refine((item) => Object.keys(item).length === 1 && Object.keys(item).every(isStorable), {
        error: 'expected an object with exactly one key: {"value": "label"}',
      }),
  )
  .min(1, { error: 'expected at least one value' });

const parameterValueFields = z.object({
  ...shared,
  type: word(PARAMETER_TYPES).default('string'),
  default: z.union([scalarDefault, z.array(scalarDefault)]).optional(),
  validator: validatorSchema,
  enum_values: enumValuesSchema.optional().describe('Needed for the type enumeration.'),
});

type ParameterValue = z.output<typeof parameterValueFields>;

const parameterFields = z.object({
  id: definitionIdSchema,
  value: parameterValueFields
    .superRefine(checkEnumeration, whenSound(['type', 'enum_values', 'default']))
    .superRefine(checkDefaultType, whenSound(['type', 'default']))
    .prefault({}),
  details: detailsSchema,
  semantics: semanticsSchema,
});

/** A parameter of an app as given; what is left out takes the defaults of the spec (systems-apps-files 2.4). */
export const parameterDefinitionSchema = parameterFields
  .transform(withCardinality)
  .superRefine((parameter, context) => {
    const { type } = parameter.value;
    checkCounts(parameter, listDefaults(parameter.value.default).length, context);
    if ((type === 'bool' || type === 'flag') && parameter.semantics.maxCardinality !== 1) {
      const message = `expected 1 for the type ${type}, which has one value`;
      context.addIssue({ code: 'custom', path: ['semantics', 'maxCardinality'], message });
    }
  });

/** A parameter of an app. */
export type ParameterDefinition = z.output<typeof parameterDefinitionSchema>;

/** An output that an app announces; kept and shown, not used. */
export const outputDefinitionSchema = z.object({
  id: definitionIdSchema,
  value: z
    .object({ default: inputDefaultSchema, validator: validatorSchema, order: shared.order })
    .prefault({}),
  details: detailsSchema,
  semantics: semanticsSchema,
});

function checkEnumeration(value: ParameterValue, context: z.RefinementCtx): void {
  if (value.type !== 'enumeration') return;
  if (value.enum_values === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['enum_values'],
      message: 'is required for the type enumeration',
    });
    return;
  }
  const allowed = value.enum_values.flatMap((item) => Object.keys(item));
  for (const item of listDefaults(value.default)) {
    if (allowed.includes(String(item))) continue;
    context.addIssue({ code: 'custom', path: ['default'], message: `expected one of ${allowed.join(', ')}` });
  }
}

const BOOLEAN_WORDS = /^(true|false|on|off|1|0)$/i;

function checkDefaultType(value: ParameterValue, context: z.RefinementCtx): void {
  const fits = {
    string: () => true,
    enumeration: () => true,
    number: (item: unknown) => typeof item !== 'boolean' && Number.isFinite(Number(item)),
    bool: (item: unknown) => BOOLEAN_WORDS.test(String(item)),
    flag: (item: unknown) => BOOLEAN_WORDS.test(String(item)),
  } as const satisfies Record<ParameterType, (item: unknown) => boolean>;
  if (listDefaults(value.default).every(fits[value.type])) return;
  context.addIssue({
    code: 'custom',
    path: ['default'],
    message: `expected a value of the type ${value.type}`,
  });
}

/** The default values of a definition: blank ones count as none. */
export function listDefaults<Value>(value: Value | readonly Value[] | undefined): Value[] {
  const items: readonly Value[] = Array.isArray(value) ? value : value === undefined ? [] : [value as Value];
  return items.filter((item) => !(typeof item === 'string' && item.trim() === ''));
}

interface Countable {
  readonly value: { readonly visible: boolean; readonly required?: boolean | undefined };
  readonly semantics: { readonly minCardinality?: number | undefined; readonly maxCardinality: number };
}

/** Hidden ones are required unless told otherwise; what is required or hidden has at least one value. */
function withCardinality<Given extends Countable>(given: Given) {
  const required = given.value.required ?? !given.value.visible;
  const least = required || !given.value.visible ? 1 : 0;
  return {
    ...given,
    value: { ...given.value, required },
    semantics: { ...given.semantics, minCardinality: given.semantics.minCardinality ?? least },
  } as Given & {
    value: Given['value'] & { required: boolean };
    semantics: Given['semantics'] & { minCardinality: number };
  };
}

function checkCounts(
  {
    value,
    semantics,
  }: {
    value: { visible: boolean; required: boolean };
    semantics: { minCardinality: number; maxCardinality: number };
  },
  defaults: number,
  context: z.RefinementCtx,
): void {
  const { minCardinality: least, maxCardinality: most } = semantics;
  const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (most === 0)
    problem(['semantics', 'maxCardinality'], 'expected a whole number above 0, or -1 for any number');
  else if (most !== -1 && least > most) {
    problem(['semantics', 'minCardinality'], `expected at most maxCardinality (${most}), got ${least}`);
  }
  if (least === 0 && (value.required || !value.visible)) {
    problem(['semantics', 'minCardinality'], 'expected at least 1, because it is required or hidden');
  }
  if (!value.visible && defaults === 0) problem(['value', 'default'], 'is required, because it is hidden');
  if (defaults > 0 && (defaults < least || (most !== -1 && defaults > most))) {
    problem(
      ['value', 'default'],
      `expected ${least} to ${most === -1 ? 'any number of' : most} values, got ${defaults}`,
    );
  }
}
