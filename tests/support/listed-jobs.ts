import type pg from 'pg';

/** Jobs to show in lists. */
export interface ListedJobs {
  readonly owner: string;
  readonly count: number;
}

/**
 * Stores jobs that have ended, of several apps and systems over the last hundred days, the newest with the highest
 * number: `rna-seq-7`. Takes some 30 ms for a thousand.
 */
export async function addListedJobs(pool: pg.Pool, { owner, count }: ListedJobs): Promise<void> {
  await pool.query(INSERT, [owner, count]);
  await pool.query('vacuum (analyze) jobs');
}

const INSERT = `
  insert into jobs (id, name, owner, app_id, app_uuid, app_revision, execution_system, batch_queue, node_count,
    processors_per_node, archive, inputs, parameters, status, seq, visible, created_at, last_updated, submit_time,
    start_time, end_time, last_message)
  select
    lpad((1740000000000000000 + n)::text, 19, '0') || '-' || left(md5(n::text), 8) || '-0001-007',
    (array['rna-seq', 'assembly', 'blast', 'pyplot', 'fold'])[1 + n % 5] || '-' || n,
    $1, 'app' || n % 7 || '-1.0', '000000000000000000-00000000-0001-005', 1, 'system' || n % 4, 'normal', 1, 1, false,
    '{}', '{}',
    (array['FINISHED', 'FINISHED', 'FINISHED', 'FAILED', 'FINISHED', 'KILLED', 'FINISHED', 'STOPPED'])[1 + n % 8],
    4, true, at, at + interval '40 minutes', at, at + interval '10 minutes', at + interval '40 minutes', 'done'
  from (
    select n, clock_timestamp() - interval '1 hour' - ($2::integer - n) * (interval '100 days' / $2::integer) as at
    from generate_series(1, $2::integer) n
  ) numbered`;
