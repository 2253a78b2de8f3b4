import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SavedFilterRow } from './tables.ts';

/** The user's filters by name. */
export async function listSavedFilters(
  db: Db,
  owner: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<SavedFilterRow[]> {
  return db
    .selectFrom('saved_filters')
    .selectAll()
    .where('owner', '=', owner)
    .orderBy('name')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** The user's filter of that name. */
export async function findSavedFilter(db: Db, owner: string, name: string): Promise<SavedFilterRow | null> {
  const row = await db
    .selectFrom('saved_filters')
    .selectAll()
    .where('owner', '=', owner)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Stores a filter, in the place of the user's former one of that name. Null when it would be one more than `most`.
 * Call it in a transaction: savers of one user take turns.
 */
export async function saveFilter(
  tx: Db,
  saved: { readonly owner: string; readonly name: string; readonly filter: string },
  most: number,
): Promise<SavedFilterRow | null> {
  const { owner, name, filter } = saved;
  await tx.selectFrom('profiles').select('username').where('username', '=', owner).forNoKeyUpdate().execute();
  const others = await tx
    .selectFrom('saved_filters')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('owner', '=', owner)
    .where('name', '<>', name)
    .executeTakeFirstOrThrow();
  if (others.count >= most) return null;
  return tx
    .insertInto('saved_filters')
    .values({ owner, name, filter })
    .onConflict((conflict) =>
      conflict.columns(['owner', 'name']).doUpdateSet({ filter, last_updated: sql`clock_timestamp()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Deletes the user's filter. False when there is none of that name. */
export async function deleteSavedFilter(db: Db, owner: string, name: string): Promise<boolean> {
  const result = await db
    .deleteFrom('saved_filters')
    .where('owner', '=', owner)
    .where('name', '=', name)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
