import { z } from 'zod';
import { JOB_SEARCH_FIELDS } from './job-search-fields.ts';
import { listQueryFields, queryTextSchema, settleOrder } from './listing.ts';
import { searchParameters, searchValues } from './search-query.ts';

/** What a search by parameters takes: any field, alone or with an operator. `parseJobSearch` reads them. */
export const jobSearchQueryFields: { readonly saved: typeof queryTextSchema } = {
  saved: queryTextSchema.describe('Name of one of your saved filters; it holds beside the other parameters.'),
  ...searchParameters(JOB_SEARCH_FIELDS),
};

const namedFields = z.object({
  ...listQueryFields.shape,
  orderBy: listQueryFields.shape.orderBy.describe(
    'Field to order by: any that can be searched, in any case.',
  ),
  ...jobSearchQueryFields,
});

/** Paging, order and search of a listing of jobs. */
export const jobListQuerySchema = namedFields
  .catchall(searchValues(JOB_SEARCH_FIELDS))
  // The conditions stay in the raw query, where `parseJobSearch` finds them; a type that held them would hold all names.
  .transform((query) => settleOrder(query as z.output<typeof namedFields>));

const searchOnly = z.object(jobSearchQueryFields);

/** Search alone, for what has neither pages nor an order. */
export const jobCountQuerySchema = searchOnly
  .catchall(searchValues(JOB_SEARCH_FIELDS))
  .transform((query) => query as z.output<typeof searchOnly>);
