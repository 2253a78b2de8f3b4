import type { ProfileSearchField, ProfileTerm } from '@arras/contract';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from './connection.ts';
import { likePattern } from './like-pattern.ts';
import type { ProfileRow } from './tables.ts';

/** One page of the users by name who meet all terms. Without `withDisabled` only those that may sign in. */
export async function listProfiles(
  db: Db,
  listing: {
    readonly terms: readonly ProfileTerm[];
    readonly withDisabled: boolean;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<ProfileRow[]> {
  return db
    .selectFrom('profiles')
    .selectAll()
    .$if(listing.terms.length > 0, (qb) => qb.where(sql.join(listing.terms.map(conditionOf), sql` and `)))
    .$if(!listing.withDisabled, (qb) => qb.where('disabled_at', 'is', null))
    .orderBy('username')
    .limit(listing.limit)
    .offset(listing.offset)
    .execute();
}

const COLUMNS = {
  username: sql`username`,
  email: sql`email`,
  first_name: sql`first_name`,
  last_name: sql`last_name`,
  full_name: sql`btrim(first_name || ' ' || last_name)`,
  phone: sql`phone`,
  mobile_phone: sql`mobile_phone`,
} as const satisfies Record<ProfileSearchField, RawBuilder<unknown>>;

/** Texts count in any case, as the database understands it. */
function conditionOf({ field, isNegated, values, isPattern }: ProfileTerm): RawBuilder<boolean> {
  const column = sql`lower(coalesce(${COLUMNS[field]}, ''))`;
  const texts = values.map((value) => sql`lower(${isPattern ? likePattern(value) : value}::text)`);
  const condition = isPattern
    ? sql<boolean>`${column} like ${sql.join(texts)}`
    : sql<boolean>`${column} in (${sql.join(texts)})`;
  return isNegated ? sql<boolean>`not (${condition})` : condition;
}
