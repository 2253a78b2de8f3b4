import type { Db } from './connection.ts';

/** The key in the database; `fresh` becomes it when there is none yet. Null when there is none and none is given. */
export async function keepServiceKey(db: Db, fresh: Uint8Array | null): Promise<Buffer | null> {
  if (fresh !== null) {
    await db
      .insertInto('service_keys')
      .values({ key: Buffer.from(fresh) })
      .onConflict((oc) => oc.column('place').doNothing())
      .execute();
  }
  const row = await db.selectFrom('service_keys').select('key').executeTakeFirst();
  return row?.key ?? null;
}
