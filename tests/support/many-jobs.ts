import type pg from 'pg';

/** How large a filled database is. */
export interface ManyJobs {
  readonly jobs: number;
  readonly eventsPerJob: number;
}

/** Owner of a tenth of all jobs. */
export const HEAVY_OWNER = 'heavy';
/** Owner of one part in two hundred, as a hundred others are. */
export const MIDDLE_OWNER = 'team7';
/** Owner of some fifty jobs, as many others are. */
export const SMALL_OWNER = 'user7';
/** Sees everything and owns nothing. */
export const MANY_JOBS_ADMIN = 'overseer';

/**
 * Fills the database with jobs of unequal owners, apps and systems over two years, most of them ended, and with their
 * events. Time that it takes: some 10 µs a job and 15 µs an event.
 */
export async function addManyJobs(pool: pg.Pool, { jobs, eventsPerJob }: ManyJobs): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    // Nothing here has to outlive a crash.
    await client.query('set synchronous_commit = off');
    await client.query(
      `insert into profiles (username, uuid, is_admin)
      select name, '000000000000000000-' || left(md5(name), 8) || '-0001-001', name = $2
      from (
        select $1::text as name union select $2 union select 'team' || n from generate_series(0, 99) n
        union select 'user' || n from generate_series(0, $3::integer) n
      ) names`,
      [HEAVY_OWNER, MANY_JOBS_ADMIN, Math.floor(jobs / 125)],
    );
    await client.query(INSERT_JOBS, [jobs, HEAVY_OWNER, Math.max(1, Math.floor(jobs / 125))]);
    for (let from = 1; from <= jobs; from += EVENT_BATCH) {
      await client.query(INSERT_EVENTS, [from, from + EVENT_BATCH, eventsPerJob]);
    }
    await client.query('vacuum (analyze) jobs');
    await client.query('vacuum (analyze) job_events');
    await client.query('analyze profiles');
  } finally {
    client.release(true);
  }
}

/** Jobs whose events are inserted by one statement. */
const EVENT_BATCH = 50_000;

/** `h` spreads values over jobs so that no two columns go together. */
const INSERT_JOBS = `
  insert into jobs (id, name, owner, app_id, app_uuid, app_revision, execution_system, batch_queue, node_count,
    processors_per_node, memory_per_node_gb, max_run_time_seconds, archive, archive_system, archive_path, inputs,
    parameters, status, seq, visible, created_at, last_updated, submit_time, start_time, end_time, last_message)
  select
    lpad(n::text, 18, '0') || '-' || left(md5(n::text), 8) || '-0001-007',
    (array['demo-pyplot', 'rna-seq', 'assembly', 'blast', 'word count', 'Render', 'fold', 'align'])[1 + h % 8]
      || '-' || (array['test', 'run', 'final', 'batch', 'sample'])[1 + h / 8 % 5] || '-' || n,
    case when n % 10 = 0 then $2 when n % 10 <= 5 then 'team' || h / 7 % 100 else 'user' || h / 11 % $3::integer end,
    'app' || least(h / 13 % 200, h / 17 % 200) || '-1.0',
    '000000000000000000-00000000-0001-005', 1,
    'system' || least(h / 19 % 20, h / 23 % 20),
    (array['normal', 'long', 'gpu', null])[1 + h / 29 % 4],
    1 + h / 31 % 8, 16, 32, 3600 * (1 + h / 37 % 48), false, null, null, '{"data": ["agave://store/in.txt"]}',
    '{"width": 3}',
    status,
    1, h / 47 % 50 <> 0, at, 
    at + h / 53 % 86400 * interval '1 second', at + interval '1 minute',
    at + interval '2 minutes',
    case when is_open then null else at + h / 53 % 86400 * interval '1 second' end, 'done'
  from (
    select n, h, is_open, clock_timestamp() - ($1::bigint - n) * (interval '2 years' / $1::bigint) as at,
      case
        when is_open then
          (array['PENDING', 'STAGED', 'QUEUED', 'RUNNING', 'RUNNING', 'RUNNING', 'ARCHIVING'])[1 + h / 41 % 7]
        else (array['FINISHED', 'FINISHED', 'FINISHED', 'FINISHED', 'FINISHED', 'FINISHED', 'FINISHED', 'FAILED',
          'FAILED', 'KILLED'])[1 + h / 43 % 10]
      end as status
    from (
      select n, abs(hashint4(n::integer))::bigint as h, $1::bigint - n < $1::bigint / 100 as is_open
      from generate_series(1, $1::bigint) n
    ) hashed
  ) numbered
  order by n`;

const INSERT_EVENTS = `
  insert into job_events (job_id, seq, id, name, status, description, created_by, created_at)
  select id, e, lpad((n * 100 + e)::text, 18, '0') || '-' || left(md5(n::text), 8) || '-0001-028', status, status,
    'something happened to the job', owner, created_at + e * interval '1 minute'
  from (
    select lpad(n::text, 18, '0') || '-' || left(md5(n::text), 8) || '-0001-007' as id, n
    from generate_series($1::bigint, $2::bigint - 1) n
  ) numbered join jobs using (id), generate_series(1, $3::integer) e
  order by id, e`;
