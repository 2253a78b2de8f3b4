import type { JobId } from '@arras/contract';
import { sql } from 'kysely';
import type { Db } from './connection.ts';
import type { JobEventRow, TransferRow } from './tables.ts';

/** A history row with the transfer it tells about, if any. */
export interface HistoryRow {
  readonly event: JobEventRow;
  readonly transfer: TransferRow | null;
}

/** Which part of a job's history is asked for. */
export interface HistoryPage {
  readonly jobId: JobId;
  /** Only entries after this sequence number. */
  readonly since: number;
  readonly limit: number;
  readonly offset: number;
  readonly order: 'asc' | 'desc';
}

/** A page of a job's history, and the job's last sequence number at the moment at which it was read. */
export interface History {
  readonly seq: number;
  readonly rows: readonly HistoryRow[];
}

/** Pages of the histories of some jobs, by the keys under which they are asked for; those of no job are absent. */
export async function readHistories(
  db: Db,
  pages: ReadonlyMap<string, HistoryPage>,
): Promise<ReadonlyMap<string, History>> {
  const asked = [...pages];
  const rows = [...(await readEvents(db, asked, 'asc')), ...(await readEvents(db, asked, 'desc'))];
  const transfers = await findTransfers(db, rows);
  const histories = new Map<string, { seq: number; rows: HistoryRow[] }>();
  for (const { page_key, job_seq, ...event } of rows) {
    const history = histories.get(page_key) ?? { seq: job_seq, rows: [] };
    histories.set(page_key, history);
    if (event.id !== null)
      history.rows.push({ event, transfer: transfers.get(event.transfer_id ?? '') ?? null });
  }
  return histories;
}

type PageRow = JobEventRow & { readonly page_key: string; readonly job_seq: number };

/** One query for all pages in a direction. A page without entries comes as one row of nulls. */
async function readEvents(
  db: Db,
  asked: readonly (readonly [string, HistoryPage])[],
  order: HistoryPage['order'],
): Promise<readonly PageRow[]> {
  const pages = asked.filter(([, page]) => page.order === order);
  if (pages.length === 0) return [];
  const column = <T>(pick: (page: HistoryPage) => T): T[] => pages.map(([, page]) => pick(page));
  const { rows } = await sql<PageRow>`
    select w.page_key, j.seq as job_seq, e.*
    from unnest(${pages.map(([key]) => key)}::text[], ${column(({ jobId }) => jobId)}::text[],
        ${column(({ since }) => since)}::integer[], ${column(({ limit }) => limit)}::integer[],
        ${column(({ offset }) => offset)}::bigint[]) as w (page_key, job_id, since, page_limit, page_offset)
    join jobs j on j.id = w.job_id
    left join lateral (
      select *
      from job_events
      where job_id = w.job_id and seq > w.since and in_history
      order by seq ${sql.raw(order)}
      limit w.page_limit
      offset w.page_offset
    ) e on true
    order by w.page_key, e.seq ${sql.raw(order)}`.execute(db);
  return rows;
}

async function findTransfers(
  db: Db,
  events: readonly Pick<JobEventRow, 'transfer_id'>[],
): Promise<ReadonlyMap<string, TransferRow>> {
  const ids = events.flatMap((event) => (event.transfer_id === null ? [] : [event.transfer_id]));
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('transfers').selectAll().where('id', 'in', ids).execute();
  return new Map(rows.map((row) => [row.id, row]));
}
