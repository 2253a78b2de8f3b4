import { z } from 'zod';
import { pageQuerySchema } from './listing.ts';
import type { SearchField, SearchFields } from './search-fields.ts';
import { searchParameters, searchValues } from './search-query.ts';

function text(description: string, ...aliases: readonly string[]): SearchField {
  return { type: 'text', aliases, description };
}

/** The fields that users can be searched by. */
export const PROFILE_SEARCH_FIELDS = {
  username: text('Name of the user.'),
  email: text('Address of the user.'),
  first_name: text('First name.', 'firstName'),
  last_name: text('Last name.', 'lastName'),
  full_name: text('First and last name with a blank between them.', 'name', 'fullName'),
  phone: text('Telephone number.'),
  mobile_phone: text('Number of a mobile telephone.', 'mobilePhone'),
} as const satisfies SearchFields<string>;

/** Name of a field that users can be searched by. */
export type ProfileSearchFieldName = keyof typeof PROFILE_SEARCH_FIELDS;

/** Paging and search of a listing of users. */
export const profileListQuerySchema = z
  .object({ ...searchParameters(PROFILE_SEARCH_FIELDS), ...pageQuerySchema.shape })
  .catchall(searchValues(PROFILE_SEARCH_FIELDS))
  // The conditions stay in the raw query, where `parseSearch` finds them.
  .transform((query) => query as z.output<typeof pageQuerySchema>);
