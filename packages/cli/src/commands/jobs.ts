import { type HistoryEntry, type JobSummary, type JobView, jobSummarySchema } from '@arras/contract';
import { resolveJobId } from '../job-id.ts';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import { renderAgo, renderClock, renderDuration, renderSize } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import { type Column, renderTable } from '../table.ts';
import { lookOf, statusText, type Terminal } from '../terminal.ts';
import { renderProgressLines } from '../watch/job-lines.ts';

/** Options of listings. */
export interface ListOptions extends OutputOptions {
  readonly limit: string;
  readonly offset: string;
}

/** Lists jobs, or the one that is named. */
export async function listJobs(
  { session, client, options }: Invocation<ListOptions>,
  typed?: string,
): Promise<void> {
  const { limit, offset } = options;
  const rows =
    typed === undefined ? await client().jobs.list({ limit, offset }) : [await findRow(client(), typed)];
  const whenEmpty = `No jobs yet. Submit one: ${session.program} jobs submit -F job.json --watch`;
  printRows(session, options, { rows, columns: jobColumns(session.terminal), whenEmpty });
}

/** The row that the listing has for a job. */
async function findRow(
  client: ReturnType<Invocation<unknown>['client']>,
  typed: string,
): Promise<JobSummary> {
  return jobSummarySchema.parse(await client.jobs.show(await resolveJobId(client, typed)));
}

function jobColumns(terminal: Terminal): Column<JobSummary>[] {
  const nowMs = Date.now();
  return [
    { title: 'id', cell: (job) => job.id },
    { title: 'name', cell: (job) => job.name, shrink: 'middle' },
    { title: 'status', cell: (job) => statusText(terminal, job), tone: (job) => lookOf(job).class },
    { title: 'app', cell: (job) => job.appId, shrink: 'end' },
    { title: 'system', cell: (job) => job.executionSystem, shrink: 'end' },
    { title: 'created', cell: (job) => renderAgo(job.created, nowMs) },
  ];
}

/** Shows one job: what it is, where it is, and its phases. */
export async function showJob(
  { session, client, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(api, typed);
  const job = await api.jobs.show(id);
  printPairs(session, options, { result: job, pairs: jobPairs(job, session.terminal) });
  if (options.verbose === true || options.json !== undefined || options.format === 'json') return;
  const history = await api.jobs.history(id, { limit: 250 });
  const place = { terminal: session.terminal, width: session.width(), nowMs: Date.now() };
  session.out(`\n${renderProgressLines({ job, history }, place).join('\n')}\n`);
}

function jobPairs(job: JobView, terminal: Terminal): [string, unknown][] {
  return [
    ['id', job.id],
    ['status', statusText(terminal, job)],
    ['message', job.message ?? job.lastStatusMessage],
    ['name', job.name],
    ['owner', job.owner],
    ['app', job.appId],
    ['system', job.executionSystem],
    ['queue', job.batchQueue],
    [
      'size',
      `${job.nodeCount} node(s), ${job.processorsPerNode} processor(s) and ${job.memoryPerNode} GB on each`,
    ],
    ['time limit', job.maxRunTime],
    [`${job.schedulerType.toLowerCase()} id`, job.localId],
    ['inputs', Object.keys(job.inputs).length === 0 ? null : job.inputs],
    ['parameters', Object.keys(job.parameters).length === 0 ? null : job.parameters],
    ['work directory', job.outputPath],
    ['archive', job.archive ? `${job.archiveSystem ?? ''}:${job.archivePath ?? ''}` : 'no'],
    ['created', job.created],
    ['started', job.startTime],
    ['ended', job.endTime],
  ];
}

/** Shows the status only: the smallest answer. */
export async function showStatus(
  { session, client, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const status = await api.jobs.status(await resolveJobId(api, typed));
  printResult(session, options, { result: status, human: () => `${status.status}\n` });
}

/** Shows what happened to a job, oldest first. */
export async function showHistory(
  { session, client, options }: Invocation<OutputOptions>,
  typed: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(api, typed);
  const rows = await readHistory((offset) => api.jobs.history(id, { limit: PAGE, offset }));
  printResult(session, options, { result: rows, human: () => renderHistory(rows, session) });
}

const PAGE = 250;

async function readHistory(read: (offset: number) => Promise<HistoryEntry[]>): Promise<HistoryEntry[]> {
  const all: HistoryEntry[] = [];
  for (;;) {
    const page = await read(all.length);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

/** The history as a table: when, how long after the entry before, status, text, progress. */
export function renderHistory(
  rows: readonly HistoryEntry[],
  { terminal, width }: { terminal: Terminal; width(): number },
): string {
  const after = new Map(
    rows.map((row, index) => [
      row,
      Date.parse(row.created) - Date.parse(rows[index - 1]?.created ?? row.created),
    ]),
  );
  const columns: Column<HistoryEntry>[] = [
    { title: 'time', cell: (row) => (terminal.isTty ? renderClock(row.created) : row.created) },
    { title: 'after', cell: (row) => renderDuration(after.get(row) ?? 0), align: 'right' },
    { title: 'status', cell: (row) => row.status },
    { title: 'description', cell: (row) => describe(row), shrink: 'end' },
  ];
  return renderTable(columns, rows, { terminal, width: width() });
}

function describe({ description, progress }: HistoryEntry): string {
  const moved =
    progress === undefined
      ? ''
      : `${renderSize(progress.totalBytesTransferred)} of ${renderSize(progress.totalBytes)}`;
  return [description ?? '', moved].filter((part) => part !== '').join(', ');
}
