import type { TokenId } from '@arras/contract';
import { type Insertable, sql } from 'kysely';
import { announce } from './changes.ts';
import type { Db } from './connection.ts';
import type { ClientRow, ClientsTable } from './tables.ts';

/** Stores a new client; null when its owner has one of this name. */
export async function insertClient(db: Db, client: Insertable<ClientsTable>): Promise<ClientRow | null> {
  const row = await db
    .insertInto('clients')
    .values(client)
    .onConflict((oc) => oc.columns(['username', 'name']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

export async function findClient(db: Db, username: string, name: string): Promise<ClientRow | null> {
  const row = await db
    .selectFrom('clients')
    .selectAll()
    .where('username', '=', username)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

export function listClients(
  db: Db,
  username: string,
  page: { readonly limit: number; readonly offset: number },
): Promise<ClientRow[]> {
  return db
    .selectFrom('clients')
    .selectAll()
    .where('username', '=', username)
    .orderBy('name')
    .limit(page.limit)
    .offset(page.offset)
    .execute();
}

/** Deletes a client with all its tokens. Returns false when there is none such. */
export async function deleteClient(db: Db, username: string, name: string): Promise<boolean> {
  const result = await db
    .deleteFrom('clients')
    .where('username', '=', username)
    .where('name', '=', name)
    .executeTakeFirst();
  announce(db, { kind: 'tokens' });
  return result.numDeletedRows > 0n;
}

/** A client by what it proves itself with. */
export interface ClientProof {
  readonly consumerKey: string;
  readonly secretHash: Buffer;
}

/** Null for an unknown client and for a wrong secret alike, and for one whose owner may not sign in. */
export async function findProvenClient(
  db: Db,
  { consumerKey, secretHash }: ClientProof,
): Promise<ClientRow | null> {
  const row = await db
    .selectFrom('clients')
    .innerJoin('profiles', 'profiles.username', 'clients.username')
    .selectAll('clients')
    .where('consumer_key', '=', consumerKey)
    .where('secret_hash', '=', secretHash)
    .where('profiles.disabled_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** An access token about to be granted. */
export interface AccessGrant {
  readonly id: TokenId;
  readonly tokenHash: Buffer;
  readonly lifetimeSeconds: number;
}

/** Days after its last use for which a refresh token counts. */
const REFRESH_DAYS = 30;

/** Grants a user's tokens to a client. */
export async function insertGrant(
  db: Db,
  grant: {
    readonly client: Pick<ClientRow, 'consumer_key' | 'name'>;
    readonly username: string;
    readonly access: AccessGrant;
    /** null: the client gets no refresh token. */
    readonly refreshHash: Buffer | null;
  },
): Promise<void> {
  const { client, username, access, refreshHash } = grant;
  await db
    .insertInto('tokens')
    .values({
      id: access.id,
      token_hash: access.tokenHash,
      username,
      name: client.name,
      consumer_key: client.consumer_key,
      kind: 'client',
      expires_at: sql<Date>`clock_timestamp() + ${access.lifetimeSeconds} * interval '1 second'`,
    })
    .execute();
  if (refreshHash === null) return;
  await db
    .insertInto('refresh_tokens')
    .values({
      token_hash: refreshHash,
      consumer_key: client.consumer_key,
      username,
      expires_at: sql<Date>`clock_timestamp() + ${REFRESH_DAYS} * interval '1 day'`,
    })
    .execute();
}

/**
 * Grants another access token for a refresh token, in one statement: existing clients do it before every command. The
 * refresh token's end is moved at most once a day. False when client and token do not belong together, or do not count.
 */
export async function refreshGrant(
  db: Db,
  request: ClientProof & { readonly refreshHash: Buffer; readonly access: AccessGrant },
): Promise<boolean> {
  const { consumerKey, secretHash, refreshHash, access } = request;
  const { numAffectedRows } = await sql`
    with proven as (
      select refresh_tokens.token_hash, refresh_tokens.username, clients.consumer_key, clients.name
      from refresh_tokens
      join clients on clients.consumer_key = refresh_tokens.consumer_key
      join profiles on profiles.username = refresh_tokens.username
      where refresh_tokens.token_hash = ${refreshHash}
        and refresh_tokens.expires_at > clock_timestamp()
        and clients.consumer_key = ${consumerKey}
        and clients.secret_hash = ${secretHash}
        and profiles.disabled_at is null
    ), prolonged as (
      update refresh_tokens
      set expires_at = clock_timestamp() + ${REFRESH_DAYS} * interval '1 day'
      from proven
      where refresh_tokens.token_hash = proven.token_hash
        and refresh_tokens.expires_at < clock_timestamp() + ${REFRESH_DAYS - 1} * interval '1 day'
    )
    insert into tokens (id, token_hash, username, name, consumer_key, kind, expires_at)
    select ${access.id}, ${access.tokenHash}, username, name, consumer_key, 'client',
      clock_timestamp() + ${access.lifetimeSeconds} * interval '1 second'
    from proven`.execute(db);
  return numAffectedRows === 1n;
}

/** Access tokens forgotten in one statement. */
const FORGET_BATCH = 10_000;

/** Deletes tokens that ended a day ago or earlier and that nobody made by hand: every command of an existing client gets one. */
export async function forgetOldGrants(db: Db): Promise<void> {
  await db
    .deleteFrom('tokens')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('tokens')
        .select('id')
        .where('kind', '<>', 'personal')
        .where('expires_at', '<', sql<Date>`clock_timestamp() - interval '1 day'`)
        .limit(FORGET_BATCH),
    )
    .execute();
  await db.deleteFrom('refresh_tokens').where('expires_at', '<', sql<Date>`clock_timestamp()`).execute();
}
