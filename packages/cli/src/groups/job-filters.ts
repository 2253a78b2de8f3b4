import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

const load = () => import('../commands/job-filters.ts');

/** Filters that are kept under a name. */
export function addJobFilterCommands(jobs: Command, { run }: Runner): void {
  const filters = jobs.command('filters').description('filters that are saved under a name');
  withPage(withOutput(filters.command('list').description('your filters'), 'listSavedFilters')).action(
    run<ListOptions, []>(async (call) => (await load()).listFilters(call)),
  );
  withOutput(filters.command('save').description('save a filter, also in the place of another'), 'saveFilter')
    .argument('<name>', 'of letters, digits and . _ -')
    .argument('<filter...>', 'the filter; "help filters" explains them')
    .action(
      run<OutputOptions, [string, string[]]>(async (call, name, words) =>
        (await load()).saveFilter(call, name, words),
      ),
    );
  withOutput(filters.command('show').description('one filter'), 'showSavedFilter')
    .argument('<name>')
    .action(run<OutputOptions, [string]>(async (call, name) => (await load()).showFilter(call, name)));
  filters
    .command('delete')
    .description('forget a filter; no job is touched')
    .argument('<name>')
    .action(run<unknown, [string]>(async (call, name) => (await load()).deleteFilter(call, name)));
}
