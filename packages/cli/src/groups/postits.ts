import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { PostitOptions } from '../commands/postits.ts';
import type { Runner } from '../runner.ts';

const load = () => import('../commands/postits.ts');

/** Addresses that anybody can read for a while. */
export function addPostitCommands(program: Command, { run }: Runner): void {
  const postits = program.command('postits').description('addresses that anybody can read for a while');
  withOutput(postits.command('create').description('make one; prints it'), 'createPostit')
    .argument(
      '<address>',
      'agave://SYSTEM/PATH, a path on your default system, or an address of this service',
    )
    .option('--lifetime <time>', 'such as 12h or 7d; default: 30d')
    .option('--max-uses <n>', 'requests that it answers; default: 1')
    .option('--unlimited', 'any number of requests')
    .action(run<PostitOptions, [string]>(async (call, target) => (await load()).createPostit(call, target)));
  withPage(
    withOutput(postits.command('list').description('those that can still be used'), 'listPostits'),
  ).action(run<ListOptions, []>(async (call) => (await load()).listPostits(call)));
  postits
    .command('delete')
    .description('refuse one from now on')
    .argument('<postit>', 'its 32 characters')
    .action(run<unknown, [string]>(async (call, postit) => (await load()).deletePostit(call, postit)));
}
