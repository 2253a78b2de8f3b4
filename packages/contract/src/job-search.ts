import { JOB_SEARCH_FIELDS, type JobSearchFieldName } from './job-search-fields.ts';
import type { Parsed } from './parse-body.ts';
import { parseSearch, type RawQuery, type SearchContext, type SearchTerm } from './search-terms.ts';

/** One condition of a search for jobs: all of them have to hold. */
export type JobSearchTerm = SearchTerm<JobSearchFieldName>;

/** Reads the search parameters of a query for jobs: {@link parseSearch}. */
export function parseJobSearch(query: RawQuery, context: SearchContext): Parsed<readonly JobSearchTerm[]> {
  return parseSearch(JOB_SEARCH_FIELDS, query, context);
}
