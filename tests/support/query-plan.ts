import type { LogEvent } from 'kysely';
import type pg from 'pg';

/** What PostgreSQL did for one statement. */
export interface Plan {
  readonly executionMs: number;
  /** Indexes that were used. */
  readonly indexes: readonly string[];
  /** Tables that were read from one end to the other. */
  readonly scannedWhole: readonly string[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly Plans?: readonly Node[];
}

/** Runs `work`, which is one statement, once to learn the statement and once more to explain it; both are undone. */
export async function inspectablePlan(
  pool: pg.Pool,
  work: (pool: pg.Pool, log: (event: LogEvent) => void) => Promise<unknown>,
): Promise<Plan> {
  const client = await pool.connect();
  // Everything runs in one transaction on this connection.
  const only = { connect: async () => ({ query: client.query.bind(client), release: () => undefined }) };
  let statement: { readonly sql: string; readonly parameters: readonly unknown[] } | null = null;
  try {
    await client.query('begin');
    await work(only as unknown as pg.Pool, ({ query }) => (statement = query));
    await client.query('rollback');
    if (statement === null) throw new Error('expected a statement');
    const { sql, parameters } = statement as { sql: string; parameters: readonly unknown[] };
    await client.query('begin');
    const { rows } = await client.query<{
      'QUERY PLAN': readonly [{ Plan: Node; 'Execution Time': number }];
    }>(`explain (analyze, format json) ${sql}`, [...parameters]);
    const [explained] = rows[0]?.['QUERY PLAN'] ?? [];
    if (explained === undefined) throw new Error('expected a plan');
    const nodes = flatten(explained.Plan);
    return {
      executionMs: explained['Execution Time'],
      indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
      scannedWhole: nodes.flatMap((node) =>
        node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : [],
      ),
    };
  } finally {
    await client.query('rollback');
    client.release();
  }
}

function flatten(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}
