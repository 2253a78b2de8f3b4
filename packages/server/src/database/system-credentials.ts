import type { AuthType, SystemUuid } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { SystemConnection, SystemCredentialRow } from './tables.ts';

/** What a system has to prove who it is for, by connection. */
export async function listSystemCredentials(db: Db, uuid: SystemUuid): Promise<SystemCredentialRow[]> {
  return db
    .selectFrom('system_credentials')
    .selectAll()
    .where('system_uuid', '=', uuid)
    .orderBy('connection')
    .execute();
}

/** Stores credentials in the place of those the connection had. */
export async function setSystemCredentials(
  tx: Db,
  uuid: SystemUuid,
  credentials: {
    readonly connection: SystemConnection;
    readonly type: AuthType;
    readonly username: string | null;
    readonly sealed: string;
  },
): Promise<SystemCredentialRow> {
  const { connection, ...columns } = credentials;
  return tx
    .insertInto('system_credentials')
    .values({ system_uuid: uuid, connection, ...columns })
    .onConflict((oc) =>
      oc
        .columns(['system_uuid', 'connection'])
        .doUpdateSet({ ...columns, updated_at: sql`clock_timestamp()` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Forgets the credentials of a connection. Returns false when there were none. */
export async function removeSystemCredentials(
  tx: Db,
  uuid: SystemUuid,
  connection: SystemConnection,
): Promise<boolean> {
  const removed = await tx
    .deleteFrom('system_credentials')
    .where('system_uuid', '=', uuid)
    .where('connection', '=', connection)
    .executeTakeFirst();
  return removed.numDeletedRows > 0n;
}
