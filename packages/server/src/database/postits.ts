import { type Generated, type Insertable, type Selectable, sql } from 'kysely';
import type { Db } from './connection.ts';

export interface PostitsTable {
  postit_hash: Buffer;
  sealed: string;
  creator: string;
  url: string;
  target: string;
  authenticated: boolean;
  attachment: boolean;
  remaining_uses: number | null;
  created_at: Generated<Date>;
  expires_at: Date;
}

/** A postit without its characters, which are only sealed in it. */
export type PostitRow = Selectable<PostitsTable>;

/** One use of a postit, which has been counted. */
export type PostitUse = Pick<PostitRow, 'creator' | 'target' | 'authenticated' | 'attachment'> & {
  /** Whether the creator is an administrator now. */
  readonly is_admin: boolean;
};

const isAlive = sql<boolean>`expires_at > clock_timestamp() and remaining_uses is distinct from 0`;

/**
 * Stores a postit; its lifetime is counted by the clock of the database. Null when its creator would have more than
 * `most` that can be used. Call it in a transaction: those who make postits for one user take turns.
 */
export async function insertPostit(
  tx: Db,
  postit: Omit<Insertable<PostitsTable>, 'expires_at'>,
  { lifetimeSeconds, most }: { readonly lifetimeSeconds: number; readonly most: number },
): Promise<PostitRow | null> {
  const { creator } = postit;
  await tx
    .selectFrom('profiles')
    .select('username')
    .where('username', '=', creator)
    .forNoKeyUpdate()
    .execute();
  // Those that are over are of no use to anybody.
  await tx
    .deleteFrom('postits')
    .where('creator', '=', creator)
    .where(sql<boolean>`not (${isAlive})`)
    .execute();
  const { count } = await tx
    .selectFrom('postits')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('creator', '=', creator)
    .executeTakeFirstOrThrow();
  if (count >= most) return null;
  return tx
    .insertInto('postits')
    .values({
      ...postit,
      expires_at: sql<Date>`clock_timestamp() + ${lifetimeSeconds} * interval '1 second'`,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The user's postits that can still be used, newest first. */
export async function listPostits(
  db: Db,
  creator: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<PostitRow[]> {
  return db
    .selectFrom('postits')
    .selectAll()
    .where('creator', '=', creator)
    .where(isAlive)
    .orderBy('created_at', 'desc')
    .orderBy('postit_hash')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/**
 * Counts one use, in the statement that finds out whether there is one left: however many come at once, no more of them
 * succeed. Null for what is unknown, expired or used up, and when the creator may not sign in any more.
 */
export async function usePostit(db: Db, hash: Buffer): Promise<PostitUse | null> {
  const { rows } = await sql<PostitUse>`
    update postits
    set remaining_uses = remaining_uses - 1
    from profiles
    where postit_hash = ${hash}
      and ${isAlive}
      and profiles.username = postits.creator
      and profiles.disabled_at is null
    returning creator, target, authenticated, attachment, profiles.is_admin`.execute(db);
  return rows[0] ?? null;
}

/** Deletes a postit of a user. False when there is none such. */
export async function deletePostit(db: Db, creator: string, hash: Buffer): Promise<boolean> {
  const result = await db
    .deleteFrom('postits')
    .where('postit_hash', '=', hash)
    .where('creator', '=', creator)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Deletes postits that ended, of users who make no new ones. */
export async function forgetOldPostits(db: Db): Promise<void> {
  await db.deleteFrom('postits').where('expires_at', '<', sql<Date>`clock_timestamp()`).execute();
}
