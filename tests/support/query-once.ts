import pg from 'pg';

/** Runs one query in a session of its own. */
export async function queryOnce(
  connection: pg.ClientConfig,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined); // A session that breaks is reported by its query.
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
    return rows;
  } finally {
    await client.end();
  }
}
