import { jobSummarySchema, PAGE_SIZE } from '@arras/contract';
import { compileFilter } from '../compile-filter.ts';
import type { ExitCode } from '../exit-codes.ts';
import { DEFAULT_COLUMNS, fieldOfColumn, type JobRow, jobColumns, parseColumns } from '../job-columns.ts';
import { namesJob, resolveJobId } from '../job-id.ts';
import { type JobQuery, readJobs, renderListingFooter, withCounts } from '../job-listing.ts';
import { fieldsOf } from '../json-fields.ts';
import { isForPeople, type OutputOptions, printRows, wantedFields, wantsJson } from '../print.ts';
import type { Invocation } from '../runner.ts';
import { parseSearch } from '../search-words.ts';
import { watchList } from '../watch/watch-list.ts';

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
  readonly watch?: boolean;
}

/** Lists the jobs that fit a filter, or the one that is named. */
export async function listJobs(
  call: Invocation<JobListOptions>,
  words: readonly string[],
): Promise<ExitCode | void> {
  const [only = '', ...others] = words;
  if (others.length === 0 && namesJob(only)) return listOneJob(call, only);
  const filter = words.join(' ');
  return printJobs(call, () => compileFilter(filter), filter);
}

/** Lists the jobs that fit conditions of the form `--status eq FAILED`. */
export async function searchJobs(
  call: Invocation<JobListOptions>,
  words: readonly string[],
): Promise<ExitCode | void> {
  return printJobs(call, () => parseSearch(words), words.join(' '));
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

async function printJobs(
  call: Invocation<JobListOptions>,
  compile: () => JobQuery,
  filter: string,
): Promise<ExitCode | void> {
  const { session, client, options } = call;
  const names = columnNames(options);
  // Compiled at each look: a filter may say how long ago.
  const query = (): JobQuery => ({
    ...(options.saved !== undefined && { saved: options.saved }),
    ...compile(),
    ...fieldQuery(options, names),
  });
  const asked = query();
  if (options.explain === true) session.say(`API query: ${renderQuery(asked)}\n`);
  const page = {
    limit: Number(options.limit ?? asked['limit'] ?? PAGE_SIZE.default),
    offset: Number(options.offset ?? 0),
  };
  const isChosen = filter !== '' || options.saved !== undefined;
  const whenEmpty = isChosen
    ? `No job fits${filter === '' ? '' : ` ${filter}`}.`
    : `No jobs yet. Submit one: ${session.program} jobs submit -F job.json --watch`;
  const columns = jobColumns(session, names);
  if (options.watch === true) return watchList(call, { query, page, columns, whenEmpty });
  const api = client();
  const rows = await readJobs(api, asked, page);
  await printRows(session, options, { rows, columns, whenEmpty });
  if (rows.length === 0 || !isForPeople(options)) return;
  const footer = renderListingFooter(await withCounts(api, asked, { rows, page }), session.terminal);
  session.say(`${footer.join('\n')}\n`);
}

function columnNames({ columns }: JobListOptions): readonly string[] {
  return columns === undefined ? DEFAULT_COLUMNS : parseColumns(columns);
}

/** Rows have only the fields of the summary unless others are asked for. */
function fieldQuery(options: JobListOptions, names: readonly string[]): JobQuery {
  const wanted = wantsJson(options) ? wantedFields(options) : names.map(fieldOfColumn);
  if (wanted === null) return {};
  const fields = wanted.map((field) => field.split('.')[0] ?? '');
  const summary = fieldsOf(['listJobs']);
  if (fields.every((field) => summary.includes(field))) return {};
  // The status of a row says whether a stop was requested.
  return { filter: [...new Set([...fields, 'id', 'status', 'stopRequested'])].join(',') };
}

/** As it stands behind the question mark; what needs no encoding there is left readable. */
function renderQuery(query: JobQuery): string {
  return new URLSearchParams(query).toString().replaceAll(/%(3A|2C|2A)/g, (code) => decodeURIComponent(code));
}
