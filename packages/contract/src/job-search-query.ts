import { z } from 'zod';
import {
  JOB_SEARCH_FIELD_NAMES,
  JOB_SEARCH_FIELDS,
  JOB_SEARCH_OPERATORS,
  type JobSearchFieldName,
} from './job-search-fields.ts';
import { listQueryFields, queryTextSchema, settleOrder } from './listing.ts';

/** The parameters without an operator, which stand for equality; the others are only in the documentation. */
const fieldParameters: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  JOB_SEARCH_FIELD_NAMES.map((name) => [name, queryTextSchema.describe(describeField(name))]),
);

function describeField(name: JobSearchFieldName): string {
  const { type, aliases, description } = JOB_SEARCH_FIELDS[name];
  const others = aliases.length === 0 ? '' : ` Also ${aliases.join(', ')}.`;
  const operators = JOB_SEARCH_OPERATORS[type].join(', ').toLowerCase();
  return `${description}${others} With an operator: \`${name}.OPERATOR\`, one of ${operators}.`;
}

/** What a search by parameters takes: any field, alone or with an operator. `parseJobSearch` reads them. */
export const jobSearchQueryFields: { readonly saved: typeof queryTextSchema } = {
  saved: queryTextSchema.describe('Name of one of your saved filters; it holds beside the other parameters.'),
  // Known to the documentation only: a type that held them would have to hold them in every case.
  ...fieldParameters,
};

/** Parameters with an operator, in any case. */
const searchValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).optional();

const namedFields = z.object({
  ...listQueryFields.shape,
  orderBy: listQueryFields.shape.orderBy.describe(
    'Field to order by: any that can be searched, in any case.',
  ),
  ...jobSearchQueryFields,
});

/** Paging, order and search of a listing of jobs. */
export const jobListQuerySchema = namedFields
  .catchall(searchValue)
  // The conditions stay in the raw query, where `parseJobSearch` finds them; a type that held them would hold all names.
  .transform((query) => settleOrder(query as z.output<typeof namedFields>));

/** Matches the parameters with an operator, as JSON Schema writes patterns. */
export const SEARCH_PARAMETER_PATTERN = `^(${JOB_SEARCH_FIELD_NAMES.join('|')})\\.(${[
  ...new Set(Object.values(JOB_SEARCH_OPERATORS).flat()),
]
  .join('|')
  .toLowerCase()})$`;
