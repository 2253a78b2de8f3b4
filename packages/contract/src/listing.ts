import { z } from 'zod';
import { describeValue } from './expectation.ts';
import { PAGE_SIZE } from './page-size.ts';
import { refuse, wireShapes } from './scalars.ts';

/** A query parameter as HTTP servers hand it over: repeated parameters arrive as a list. */
const queryValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional();

function last(value: z.infer<typeof queryValue>): string | undefined {
  const single = Array.isArray(value) ? value.at(-1) : value;
  return single === undefined || single === '' ? undefined : String(single).trim();
}

/** The original's lenient reading: not a number means the default, a negative one its absolute value. */
function lenientCount(value: string | undefined, fallback: number): number {
  if (value === undefined || !/^[+-]?[0-9]{1,15}$/.test(value)) return fallback;
  return Math.abs(Number(value));
}

const limitSchema = queryValue.transform((value) =>
  Math.min(lenientCount(last(value), PAGE_SIZE.default), PAGE_SIZE.max),
);
wireShapes.add(limitSchema, {
  type: 'integer',
  minimum: 0,
  maximum: PAGE_SIZE.max,
  default: PAGE_SIZE.default,
});

const offsetSchema = queryValue.transform((value) => lenientCount(last(value), 0));
wireShapes.add(offsetSchema, { type: 'integer', minimum: 0, default: 0 });

/** True only for `true` in any case; every other value means false (spec: conventions 3.1). */
export const queryFlagSchema = queryValue.transform((value) => last(value)?.toLowerCase() === 'true');
wireShapes.add(queryFlagSchema, { type: 'boolean', default: false });

/** As {@link queryFlagSchema}, for parameters that the original does not have: `1` is true as well. */
export const querySwitchSchema = queryValue.transform((value) =>
  ['true', '1'].includes(last(value)?.toLowerCase() ?? ''),
);
wireShapes.add(querySwitchSchema, { type: 'boolean', default: false });

/** One text, the last where several are given; undefined for a blank one. */
export const queryTextSchema = queryValue.transform(last);
wireShapes.add(queryTextSchema, { type: 'string' });

function wholeNumber(meaning: string, max: number) {
  const schema = queryValue.transform((value, context): number | undefined => {
    const given = last(value);
    if (given === undefined) return undefined;
    if (/^[0-9]{1,10}$/.test(given) && Number(given) <= max) return Number(given);
    return refuse(context, `expected ${meaning}, got ${describeValue(given)}`);
  });
  wireShapes.add(schema, { type: 'integer', minimum: 0, maximum: max });
  return schema;
}

/** The longest wait for a change, in seconds: below the time after which proxies usually give up. */
export const MAX_WAIT_SECONDS = 60;

/** How long an answer may wait for a change, in seconds. */
export const waitSchema = wholeNumber(
  `a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}`,
  MAX_WAIT_SECONDS,
);

/** Sequence number after which something counts as new. */
export const sinceSchema = wholeNumber('the sequence number of an event', 2_147_483_647);

/** A sort direction. */
export type SortOrder = 'ASC' | 'DESC';

const orderSchema = queryValue.transform((value, context): SortOrder | undefined => {
  const given = last(value);
  if (given === undefined) return undefined;
  const match = /^(ASC|DESC)(?:END|ENDING)?$/i.exec(given)?.[1];
  if (match === undefined) return refuse(context, `expected ASC or DESC, got ${describeValue(given)}`);
  return match.toUpperCase() as SortOrder;
});
wireShapes.add(orderSchema, { type: 'string', enum: ['ASC', 'DESC'] });

/** `limit` and `offset` of every listing. */
export const pageQuerySchema = z.object({
  limit: limitSchema.describe(`Page size; larger values are cut to ${PAGE_SIZE.max}.`),
  offset: offsetSchema.describe('Entries to skip.'),
});

/** Parameters of a listing that can be sorted, to be extended by its own and closed with {@link settleOrder}. */
export const listQueryFields = pageQuerySchema.extend({
  order: orderSchema.describe('Direction of the order.'),
  orderBy: queryTextSchema.describe('Field to order by, in any case.'),
  sort: orderSchema.describe('Another name of order.'),
  sortBy: queryTextSchema.describe('Another name of orderBy.'),
});

/** Folds `sort` and `sortBy` into the parameters that they are other names of. */
export function settleOrder<Query extends z.output<typeof listQueryFields>>(query: Query) {
  const { sort, sortBy, ...rest } = query;
  return { ...rest, order: query.order ?? sort, orderBy: query.orderBy ?? sortBy };
}

/** Paging and order of a listing that can be sorted. */
export const listQuerySchema = listQueryFields.transform(settleOrder);

/** Paging and order as parsed. */
export type ListQuery = z.output<typeof listQuerySchema>;

/** Finds the field to order by among those a listing knows, in any case; null when there is none of that name. */
export function findOrderField<const Field extends string>(
  orderBy: string,
  fields: readonly Field[],
): Field | null {
  const wanted = orderBy.toLowerCase();
  return fields.find((field) => field.toLowerCase() === wanted) ?? null;
}

/** What every enveloped operation accepts to shape its answer (spec: conventions 3.1). */
export const presentationQuerySchema = z.object({
  pretty: queryFlagSchema.describe('Indent the JSON.'),
  naked: queryFlagSchema.describe('Answer with the bare result, without the envelope.'),
  filter: queryValue
    .transform((value) => parseFilter(last(value)))
    .describe('Comma-separated dotted paths of the fields to answer with; * or nothing means all.'),
});
wireShapes.add(presentationQuerySchema.shape.filter, { type: 'string', examples: ['id,status,_links.self'] });

/** The three parameters as parsed; `filter` is null when everything is wanted. */
export type Presentation = z.output<typeof presentationQuerySchema>;

function parseFilter(value: string | undefined): readonly (readonly string[])[] | null {
  const terms = (value ?? '')
    .split(',')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  if (terms.length === 0 || terms.includes('*')) return null;
  return terms.map((term) => term.split('.'));
}
