import type { Client } from '@arras/client';
import { jobSummarySchema, PAGE_SIZE } from '@arras/contract';
import { compileFilter } from '../compile-filter.ts';
import { DEFAULT_COLUMNS, fieldOfColumn, type JobRow, jobColumns, parseColumns } from '../job-columns.ts';
import { namesJob, resolveJobId } from '../job-id.ts';
import { fieldsOf } from '../json-fields.ts';
import { isForPeople, type OutputOptions, printRows, wantedFields, wantsJson } from '../print.ts';
import type { Invocation } from '../runner.ts';
import { parseSearch } from '../search-words.ts';
import { renderStatusCounts } from '../status-counts.ts';

/** Options of everything that lists. */
export interface ListOptions extends OutputOptions {
  readonly limit?: string;
  readonly offset?: string;
}

/** Options of the listing of jobs. */
export interface JobListOptions extends ListOptions {
  readonly columns?: string;
  readonly saved?: string;
  readonly explain?: boolean;
}

/** Parameters of the API's listing. */
type Query = Readonly<Record<string, string>>;

/** Lists the jobs that fit a filter, or the one that is named. */
export async function listJobs(call: Invocation<JobListOptions>, words: readonly string[]): Promise<void> {
  const [only = '', ...others] = words;
  if (others.length === 0 && namesJob(only)) return listOneJob(call, only);
  const filter = words.join(' ');
  await printJobs(call, compileFilter(filter), filter);
}

/** Lists the jobs that fit conditions of the form `--status eq FAILED`. */
export async function searchJobs(call: Invocation<JobListOptions>, words: readonly string[]): Promise<void> {
  await printJobs(call, parseSearch(words), words.join(' '));
}

/** The row that the listing has for a job. */
async function listOneJob(
  { session, client, lookup, options }: Invocation<JobListOptions>,
  typed: string,
): Promise<void> {
  const names = columnNames(options);
  const job = await client().jobs.show(await resolveJobId(lookup(), typed));
  const isWhole = wantsJson(options) && wantedFields(options) === null;
  const rows: readonly JobRow[] = [isWhole ? jobSummarySchema.parse(job) : job];
  await printRows(session, options, { rows, columns: jobColumns(session, names), whenEmpty: '' });
}

async function printJobs(call: Invocation<JobListOptions>, conditions: Query, filter: string): Promise<void> {
  const { session, client, options } = call;
  const names = columnNames(options);
  const query = {
    ...(options.saved !== undefined && { saved: options.saved }),
    ...conditions,
    ...fieldQuery(options, names),
  };
  if (options.explain === true) session.say(`API query: ${renderQuery(query)}\n`);
  const page = {
    limit: Number(options.limit ?? conditions['limit'] ?? PAGE_SIZE.default),
    offset: Number(options.offset ?? 0),
  };
  const rows = await readJobs(client(), query, page);
  const isChosen = filter !== '' || options.saved !== undefined;
  const whenEmpty = isChosen
    ? `No job fits${filter === '' ? '' : ` ${filter}`}.`
    : `No jobs yet. Submit one: ${session.program} jobs submit -F job.json --watch`;
  await printRows(session, options, { rows, columns: jobColumns(session, names), whenEmpty });
  if (rows.length > 0 && isForPeople(options)) session.say(renderFooter(call, rows, page));
}

function columnNames({ columns }: JobListOptions): readonly string[] {
  return columns === undefined ? DEFAULT_COLUMNS : parseColumns(columns);
}

/** Rows have only the fields of the summary unless others are asked for. */
function fieldQuery(options: JobListOptions, names: readonly string[]): Query {
  const wanted = wantsJson(options) ? wantedFields(options) : names.map(fieldOfColumn);
  if (wanted === null) return {};
  const fields = wanted.map((field) => field.split('.')[0] ?? '');
  const summary = fieldsOf(['listJobs']);
  if (fields.every((field) => summary.includes(field))) return {};
  // The status of a row says whether a stop was requested.
  return { filter: [...new Set([...fields, 'id', 'status', 'stopRequested'])].join(',') };
}

/** As it stands behind the question mark; what needs no encoding there is left readable. */
function renderQuery(query: Query): string {
  return new URLSearchParams(query).toString().replaceAll(/%(3A|2C|2A)/g, (code) => decodeURIComponent(code));
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** The API's pages have at most 250 rows; a job that moved from one page to the next meanwhile is shown once. */
async function readJobs(api: Client, query: Query, { limit, offset }: Page): Promise<readonly JobRow[]> {
  const rows = new Map<string, JobRow>();
  for (let read = 0; read < limit || read === 0; ) {
    const asked = Math.min(PAGE_SIZE.max, limit - read);
    const page: JobRow[] = await api.jobs.list({ ...query, limit: asked, offset: offset + read });
    for (const job of page) rows.set(job.id, job);
    read += page.length;
    if (page.length < asked || asked === 0) break;
  }
  return [...rows.values()];
}

function renderFooter(
  { session }: Invocation<unknown>,
  rows: readonly JobRow[],
  { limit, offset }: Page,
): string {
  const counts = renderStatusCounts(rows, session.terminal);
  return rows.length < limit ? `${counts}\n` : `${counts}\nThere may be more: -o ${offset + limit}\n`;
}
