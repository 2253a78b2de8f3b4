import type { Command } from 'commander';
import type { DemoOptions } from '../demo/demo.ts';
import type { Runner } from '../runner.ts';

/** The service itself and the demonstration of it. */
export function addServiceCommands(program: Command, { run }: Runner): void {
  program
    .command('serve')
    .description('run the service in the foreground until SIGTERM or Ctrl-C')
    .action(run<unknown, []>(async () => (await import('../commands/serve.ts')).serve()));
  program
    .command('demo')
    .description('start a service of its own, run a job on a real text, show what happens, and clean up')
    .option('--keep', 'leave the service running and say how to use it')
    .action(run<DemoOptions, []>(async (call) => (await import('../demo/demo.ts')).runDemo(call)));
}
