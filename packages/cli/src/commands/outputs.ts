import type { Client } from '@arras/client';
import type { OutputEntry } from '@arras/contract';
import { resolveJobId } from '../job-id.ts';
import { type OutputOptions, printRows } from '../print.ts';
import { renderSize } from '../quantities.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';

const PAGE = 250;

/** Lists files and directories of a job. */
export async function listOutputs(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: string,
  path = '',
): Promise<void> {
  const api = client();
  const rows = await readListing(api, await resolveJobId(lookup(), typed), path);
  const columns: Column<OutputEntry>[] = [
    { title: 'type', cell: (entry) => entry.type },
    {
      title: 'size',
      cell: (entry) => (entry.type === 'dir' ? '' : renderSize(entry.length)),
      align: 'right',
    },
    { title: 'changed', cell: (entry) => session.ago(entry.lastModified) },
    { title: 'path', cell: (entry) => entry.path, shrink: 'middle' },
  ];
  await printRows(session, options, { rows, columns, whenEmpty: 'There are no files yet.' });
}

/** The whole listing of a directory of a job, page by page, without the directory itself. */
export async function readListing(api: Client, id: string, path: string): Promise<OutputEntry[]> {
  const all: OutputEntry[] = [];
  for (let offset = 0; ; offset += PAGE) {
    const page = await api.jobs.outputs.list(id, path, { limit: PAGE, offset });
    all.push(...page.filter(({ name }) => name !== '.'));
    if (page.length < PAGE) return all;
  }
}
