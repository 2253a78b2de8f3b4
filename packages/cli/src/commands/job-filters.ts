import type { SavedFilterView } from '@arras/contract';
import { compileFilter } from '../compile-filter.ts';
import { type OutputOptions, printPairs, printResult, printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';

/** Lists the filters that are saved under names. */
export async function listFilters({ session, client, options }: Invocation<ListOptions>): Promise<void> {
  const { limit, offset } = options;
  const columns: readonly Column<SavedFilterView>[] = [
    { title: 'name', cell: (row) => row.name },
    { title: 'filter', cell: (row) => row.filter, shrink: 'end' },
    { title: 'changed', cell: (row) => session.ago(row.lastUpdated) },
  ];
  const rows = await client().jobs.filters.list({ limit, offset });
  const whenEmpty = `No filters yet. Save one: ${session.program} jobs filters save broken 'status:failed created:>7d'`;
  await printRows(session, options, { rows, columns, whenEmpty });
}

/** Saves a filter under a name, in the place of the one that had it. */
export async function saveFilter(
  { session, client, options }: Invocation<OutputOptions>,
  name: string,
  words: readonly string[],
): Promise<void> {
  const filter = words.join(' ');
  compileFilter(filter); // Points at a mistake; what is saved is the text, so that 7d stays seven days from each use.
  const saved = await client().jobs.filters.save(name, filter);
  await printResult(session, options, { result: saved, human: () => `${saved.name}\n` });
  session.say(`To use it: ${session.program} jobs list --saved ${saved.name}\n`);
}

/** Shows a saved filter. */
export async function showFilter(
  { session, client, options }: Invocation<OutputOptions>,
  name: string,
): Promise<void> {
  const saved = await client().jobs.filters.show(name);
  const pairs: [string, unknown][] = [
    ['name', saved.name],
    ['filter', saved.filter],
    ['created', session.ago(saved.created)],
    ['changed', session.ago(saved.lastUpdated)],
  ];
  await printPairs(session, options, { result: saved, pairs });
}

/** Deletes a saved filter; jobs are not touched. */
export async function deleteFilter({ session, client }: Invocation<unknown>, name: string): Promise<void> {
  await client().jobs.filters.delete(name);
  session.say(`Deleted the filter ${name}; no job is touched.\n`);
}
