import type { ProfileSearchFieldName, SearchTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from './connection.ts';
import { compileTerm, searchColumn } from './search-conditions.ts';
import type { ProfileRow } from './tables.ts';

/** Which users to list. */
export interface ProfileListing {
  /** All have to hold. */
  readonly terms: readonly SearchTerm<ProfileSearchFieldName>[];
  /** Also those that may not sign in any more. */
  readonly withDisabled: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** One page of the users by name. */
export async function listProfiles(db: Db, listing: ProfileListing): Promise<ProfileRow[]> {
  const conditions = listing.terms.map((term) => compileTerm(term, searchColumn(COLUMNS[term.field])));
  return db
    .selectFrom('profiles')
    .selectAll()
    .where(sql<boolean>`${sql.join([sql`true`, ...conditions], sql` and `)}`)
    .$if(!listing.withDisabled, (qb) => qb.where('disabled_at', 'is', null))
    .orderBy('username')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute();
}

const COLUMNS: Readonly<Record<ProfileSearchFieldName, RawBuilder<unknown>>> = {
  username: sql`username`,
  email: sql`email`,
  first_name: sql`first_name`,
  last_name: sql`last_name`,
  full_name: sql`btrim(first_name || ' ' || last_name)`,
  phone: sql`phone`,
  mobile_phone: sql`mobile_phone`,
};
