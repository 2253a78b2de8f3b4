import type { AppHistoryEntry, SystemHistoryEntry } from '@arras/contract';
import { printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';

/** Lists what happened to an app, oldest first. */
export async function listAppHistory(call: Invocation<ListOptions>, id: string): Promise<void> {
  const { limit, offset } = call.options;
  await printHistory(
    call,
    await call.client().call('listAppHistory', { params: { id }, query: { limit, offset } }),
  );
}

/** Lists what happened to a system, oldest first. */
export async function listSystemHistory(call: Invocation<ListOptions>, id: string): Promise<void> {
  const { limit, offset } = call.options;
  await printHistory(
    call,
    await call.client().call('listSystemHistory', { params: { id }, query: { limit, offset } }),
  );
}

async function printHistory(
  { session, options }: Invocation<ListOptions>,
  rows: readonly (AppHistoryEntry | SystemHistoryEntry)[],
): Promise<void> {
  const columns: readonly Column<AppHistoryEntry | SystemHistoryEntry>[] = [
    { title: 'time', cell: ({ created }) => session.ago(created) },
    { title: 'event', cell: ({ status }) => status },
    { title: 'by', cell: ({ createdBy }) => createdBy },
    { title: 'description', cell: ({ description }) => description, shrink: 'end' },
  ];
  await printRows(session, options, { rows, columns, whenEmpty: 'Nothing has happened to it.' });
}
