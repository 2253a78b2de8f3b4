import type { Command } from 'commander';
import { withOutput } from '../command-options.ts';
import type { DemoOptions } from '../demo/demo.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

/** The service itself and the demonstration of it. */
export function addServiceCommands(program: Command, { run }: Runner): void {
  program
    .command('serve')
    .description('run the service in the foreground until SIGTERM or Ctrl-C')
    .action(run<unknown, []>(async () => (await import('../commands/serve.ts')).serve()));
  withOutput(
    program
      .command('load')
      .description('what the service has in hand: queue, retries, processes; needs an administrator'),
    'showLoad',
  ).action(run<OutputOptions, []>(async (call) => (await import('../commands/load.ts')).showLoad(call)));
  program
    .command('doctor')
    .description('look at everything between here and the service, step by step, with the fix for what fails')
    .option('--json [fields]', 'JSON of these fields; * for all')
    .option('--jq <expression>', 'what a jq expression makes of the JSON')
    .action(run<OutputOptions, []>(async (call) => (await import('../commands/doctor.ts')).examine(call)));
  program
    .command('demo')
    .description('start a service of its own, run a job on a real text, show what happens, and clean up')
    .option('--keep', 'leave the service running and say how to use it')
    .action(run<DemoOptions, []>(async (call) => (await import('../demo/demo.ts')).runDemo(call)));
}
