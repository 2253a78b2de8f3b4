import { describeValue, isRecord } from '@arras/contract';
import { below, type Check, FINE, type Judge, type Judged, type Keyword, wrong } from './keyword.ts';

type Named = Readonly<Record<string, unknown>>;

/** A check of objects; all other values are fine. */
const onObject =
  (
    check: (
      given: never,
      judged: Judged & { readonly value: Named },
      context: Parameters<Check>[2],
    ) => ReturnType<Check>,
  ): Check =>
  (given, judged, context) =>
    isRecord(judged.value) ? check(given as never, { ...judged, value: judged.value }, context) : FINE;

const properties = onObject((given: Named, judged, { judge }) =>
  Object.entries(given).flatMap(([name, schema]) =>
    Object.hasOwn(judged.value, name) ? judge.apply(schema, below(judged, name, judged.value[name])) : FINE,
  ),
);

/** One pattern after the other: only one is kept compiled. */
const patternProperties = onObject((given: Named, judged, { judge }) =>
  Object.entries(given).flatMap(([pattern, schema]) =>
    Object.entries(judged.value).flatMap(([name, value]) =>
      judge.matches(pattern, name) ? judge.apply(schema, below(judged, name, value)) : FINE,
    ),
  ),
);

const additionalProperties = onObject((given: unknown, judged, { judge, schema }) =>
  additionalNames(judged.value, schema, judge).flatMap((name) =>
    given === false
      ? wrong(below(judged, name, null), 'is not among the properties of the schema')
      : judge.apply(given, below(judged, name, judged.value[name])),
  ),
);

function additionalNames(value: Named, schema: Named, judge: Judge): readonly string[] {
  const { properties: known = {}, patternProperties: patterns = {} } = schema;
  return Object.keys(patterns as Named).reduce(
    (names, pattern) => names.filter((name) => !judge.matches(pattern, name)),
    Object.keys(value).filter((name) => !Object.hasOwn(known as Named, name)),
  );
}

const required = onObject((given: readonly string[], judged) => missing(given, judged));

function missing(names: readonly string[], judged: Judged & { readonly value: Named }, why = 'is required') {
  return names.flatMap((name) =>
    Object.hasOwn(judged.value, name) ? FINE : wrong(below(judged, name, null), why),
  );
}

/** What one property asks of the others: their names, or a schema of the whole. */
const dependencies = onObject((given: Named, judged, { judge }) =>
  Object.entries(given).flatMap(([name, asked]) => {
    if (!Object.hasOwn(judged.value, name)) return FINE;
    const why = `is required beside ${describeValue(name)}`;
    return Array.isArray(asked) ? missing(asked as string[], judged, why) : judge.apply(asked, judged);
  }),
);

const propertyNames = onObject((given: unknown, judged, { judge }) =>
  Object.keys(judged.value).flatMap((name) =>
    judge.apply(given, { ...below(judged, name, null), value: name }).map(({ field, message }) => ({
      field,
      message: `has a name that the schema does not allow: ${message}`,
    })),
  ),
);

const counted = (isRight: (count: number, limit: number) => boolean, words: string) =>
  onObject((given: number, judged) => {
    const count = Object.keys(judged.value).length;
    return isRight(count, given)
      ? FINE
      : wrong(judged, `expected ${words} ${given} properties, got ${count}`);
  });

/** Keywords that judge objects. */
export const OBJECT_KEYWORDS = {
  properties: { shape: 'named schemas', check: properties },
  patternProperties: { shape: 'schemas by pattern', check: patternProperties },
  additionalProperties: { shape: 'schema', check: additionalProperties },
  propertyNames: { shape: 'schema', check: propertyNames },
  required: { shape: 'names', check: required },
  minProperties: { shape: 'count', check: counted((count, least) => count >= least, 'at least') },
  maxProperties: { shape: 'count', check: counted((count, most) => count <= most, 'at most') },
  dependencies: { shape: 'named schemas or names', check: dependencies },
  dependentRequired: { shape: 'named names', check: dependencies },
  dependentSchemas: { shape: 'named schemas', check: dependencies },
} as const satisfies Record<string, Keyword>;
