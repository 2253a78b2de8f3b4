import { type Client, type JobUpdate } from '@arras/client';
import type { HistoryEntry } from '@arras/contract';
import { renderJsonLine } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { evaluateJq } from '../jq.ts';
import { type OutputOptions, pickFields, printResult, wantedFields, wantsJson } from '../print.ts';
import { renderDuration, renderSize } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { type Column, renderTable } from '../table.ts';
import { Notices } from '../watch/notices.ts';
import { untilLeft } from '../watch/until-left.ts';

/** Options of the history. */
export interface HistoryOptions extends OutputOptions {
  readonly follow?: boolean;
  readonly raw?: boolean;
}

/** Shows what happened to a job, oldest first; with --follow until it has ended. */
export async function showHistory(
  { session, client, lookup, options }: Invocation<HistoryOptions>,
  typed: string,
): Promise<ExitCode> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  const output = options.raw === true ? { ...options, verbose: true } : options;
  if (options.follow === true) {
    const resume = () => `jobs history --follow ${id}`;
    return untilLeft(session, { resume }, (signal) => followHistory(session, api, id, { output, signal }));
  }
  const rows = await readHistory((offset) => api.jobs.history(id, { limit: PAGE, offset }));
  await printResult(session, output, { result: rows, human: () => renderHistory(rows, session) });
  return EXIT.ok;
}

const PAGE = 250;

/** The longest status. */
const STATUS_WIDTH = 'ARCHIVING_FINISHED'.length;

async function readHistory(read: (offset: number) => Promise<HistoryEntry[]>): Promise<HistoryEntry[]> {
  const all: HistoryEntry[] = [];
  for (;;) {
    const page = await read(all.length);
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function followHistory(
  session: Session,
  client: Client,
  id: string,
  { output, signal }: { readonly output: OutputOptions; readonly signal: AbortSignal },
): Promise<ExitCode> {
  const notices = new Notices(session);
  let isFirst = true;
  for await (const news of client.jobs.follow(id, { signal })) {
    if (news.kind !== 'update') {
      notices.connection(news);
      continue;
    }
    notices.news();
    if (wantsJson(output)) for (const entry of news.added) session.out(await renderRaw(entry, output));
    else session.out(renderAdded(news, session, isFirst));
    isFirst = false;
  }
  return EXIT.ok;
}

async function renderRaw(entry: HistoryEntry, output: OutputOptions): Promise<string> {
  const fields = wantedFields(output);
  const shown = fields === null ? entry : pickFields(entry, fields);
  return output.jq === undefined ? `${renderJsonLine(shown)}\n` : evaluateJq(shown, output.jq);
}

function renderAdded({ history, added }: JobUpdate, session: Session, isFirst: boolean): string {
  const lines = renderHistory(history, session, { isSteady: true }).split('\n').slice(0, -1);
  return [...(isFirst ? lines.slice(0, 1) : []), ...lines.slice(lines.length - added.length)]
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * The history as a table: when, how long after the entry before, status, text, progress. With `isSteady` the columns
 * are as wide as they can become, for tables that grow.
 */
export function renderHistory(
  rows: readonly HistoryEntry[],
  { terminal, width, clock }: Pick<Session, 'terminal' | 'width' | 'clock'>,
  { isSteady = false }: { readonly isSteady?: boolean } = {},
): string {
  const after = new Map(
    rows.map((row, index) => [
      row,
      Date.parse(row.created) - Date.parse(rows[index - 1]?.created ?? row.created),
    ]),
  );
  const wide = (columns: number) => (isSteady ? columns : 0);
  const columns: Column<HistoryEntry>[] = [
    { title: 'time', cell: (row) => clock(row.created) },
    { title: 'after', cell: (row) => renderDuration(after.get(row) ?? 0).padStart(wide(7)), align: 'right' },
    { title: 'status', cell: (row) => row.status.padEnd(wide(STATUS_WIDTH)) },
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
