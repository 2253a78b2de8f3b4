import { below, type Check, FINE, type Judge, type Judged, type Keyword, wrong } from './keyword.ts';

/** Judges the items from some place on by one schema. */
function eachFrom(start: number, schema: unknown, judged: Judged, judge: Judge) {
  return itemsOf(judged)
    .slice(start)
    .flatMap((item, index) => judge.apply(schema, below(judged, start + index, item)));
}

/** Judges the first items, each by the schema in its place. */
function inOrder(schemas: readonly unknown[], judged: Judged, judge: Judge) {
  return itemsOf(judged)
    .slice(0, schemas.length)
    .flatMap((item, index) => judge.apply(schemas[index], below(judged, index, item)));
}

function itemsOf({ value }: Judged): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list of schemas is that of the first items in drafts before 2020. */
const items: Check = (given, judged, { judge, schema }) => {
  if (Array.isArray(given)) return inOrder(given, judged, judge);
  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'].length : 0;
  return eachFrom(first, given, judged, judge);
};

const additionalItems: Check = (given, judged, { judge, schema }) =>
  Array.isArray(schema['items']) ? eachFrom(schema['items'].length, given, judged, judge) : FINE;

const contains: Check = (given, judged, { judge, schema }) => {
  if (!Array.isArray(judged.value)) return FINE;
  const { minContains: least = 1, maxContains: most = Infinity } = schema as Readonly<Record<string, number>>;
  const count = judged.value.filter(
    (item) => judge.apply(given, { ...judged, value: item }).length === 0,
  ).length;
  if (count < least)
    return wrong(judged, `expected at least ${least} items of the kind that contains names, got ${count}`);
  return count <= most
    ? FINE
    : wrong(judged, `expected at most ${most} items of the kind that contains names, got ${count}`);
};

const uniqueItems: Check = (given, judged, { judge }) => {
  if (given !== true || !Array.isArray(judged.value)) return FINE;
  const seen = new Set<string>();
  const again = judged.value.findIndex((item) => seen.size === seen.add(judge.textOf(item)).size);
  return again < 0
    ? FINE
    : wrong(below(judged, again, null), 'expected items that differ, got one a second time');
};

const counted =
  (isRight: (count: number, limit: number) => boolean, words: string): Check =>
  (given, judged) => {
    if (!Array.isArray(judged.value) || isRight(judged.value.length, given as number)) return FINE;
    return wrong(judged, `expected ${words} ${String(given)} items, got ${judged.value.length}`);
  };

/** Keywords that judge lists. */
export const LIST_KEYWORDS = {
  items: { shape: 'schema or schemas', check: items },
  prefixItems: {
    shape: 'schemas',
    check: (given, judged, { judge }) => inOrder(given as readonly unknown[], judged, judge),
  },
  additionalItems: { shape: 'schema', check: additionalItems },
  contains: { shape: 'schema', check: contains },
  minContains: { shape: 'count' },
  maxContains: { shape: 'count' },
  minItems: { shape: 'count', check: counted((count, least) => count >= least, 'at least') },
  maxItems: { shape: 'count', check: counted((count, most) => count <= most, 'at most') },
  uniqueItems: { shape: 'flag', check: uniqueItems },
} as const satisfies Record<string, Keyword>;
