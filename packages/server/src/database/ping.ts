import { sql } from 'kysely';
import type { Db } from './connection.ts';

/** Resolves when the database answers and takes writes. Rejects when it is away or read-only. */
export async function ping(db: Db): Promise<void> {
  const { rows } = await sql<{ readonly read_only: string }>`
    select current_setting('transaction_read_only') as read_only`.execute(db);
  if (rows[0]?.read_only === 'on') throw new Error('the database is read-only');
}
