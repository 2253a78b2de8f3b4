import { type Command, InvalidArgumentError, Option } from 'commander';
import { withOutput } from '../command-options.ts';
import type { HistoryOptions } from '../commands/history.ts';
import type { LogOptions } from '../commands/logs.ts';
import type { WaitFlags } from '../commands/wait.ts';
import type { WatchFlags } from '../commands/watch.ts';
import type { Runner } from '../runner.ts';
import { JOB, JOBS, NO_EXIT_STATUS, TIMEOUT } from './job-words.ts';

type Run = Runner['run'];

/** What shows jobs while they change. */
export function addJobWatchingCommands(jobs: Command, { run }: Runner): void {
  addWatch(jobs, run);
  addWait(jobs, run);
  addHistory(jobs, run);
  addLogs(jobs, run);
}

function addWatch(jobs: Command, run: Run): void {
  const command = jobs
    .command('watch')
    .description('show what happens to jobs until they have ended; the exit code tells how')
    .argument('[id...]', `${JOBS}. On a terminal without any: all your unfinished jobs`)
    .option('--compact', 'one line for each job')
    .option('--json', 'every event as one line of JSON')
    .option('--no-notify', 'no progress in the tab and no notification at the end');
  withWaiting(command).action(
    run<WatchFlags, [string[]]>(async (call, ids) => (await import('../commands/watch.ts')).watch(call, ids)),
  );
}

function addWait(jobs: Command, run: Run): void {
  const command = jobs
    .command('wait')
    .description('wait in silence for jobs, then print their statuses; the exit code tells how they ended')
    .argument('<id...>', JOBS)
    .addOption(new Option('--all', 'for every job; the default').conflicts('any'))
    .option('--any', 'for the first of the jobs')
    .option('--json', 'the statuses as JSON');
  withWaiting(command).action(
    run<WaitFlags, [string[]]>(async (call, ids) => (await import('../commands/wait.ts')).wait(call, ids)),
  );
}

function withWaiting(command: Command): Command {
  return command
    .option('--until <statuses>', 'until each job is in one of these, such as running, or has ended')
    .option('--fail-fast', 'end with the first job that does not finish well')
    .option('--timeout <time>', TIMEOUT)
    .option('--patience <time>', 'how long the service may be away (default: 10m)')
    .option('--no-exit-status', NO_EXIT_STATUS);
}

function addHistory(jobs: Command, run: Run): void {
  withOutput(jobs.command('history').description('what happened to a job'), 'listJobHistory')
    .argument('<id>', JOB)
    .option('--follow', 'go on until the job has ended')
    .option('--raw', 'as the API gives it; with --follow each entry as one line of JSON')
    .action(
      run<HistoryOptions, [string]>(async (call, id) =>
        (await import('../commands/history.ts')).showHistory(call, id),
      ),
    );
}

function addLogs(jobs: Command, run: Run): void {
  jobs
    .command('logs')
    .description('what the program printed')
    .argument('<id>', JOB)
    .option('-f, --follow', 'go on until the job has ended')
    .option('-n, --lines <n>', 'begin with the last lines', parseCount)
    .addOption(
      new Option('--from-byte <n>', 'begin at this byte of each stream; the first is 0')
        .argParser(parseCount)
        .conflicts('lines'),
    )
    .option('--grep <pattern>', 'only lines in which this regular expression is found')
    .addOption(new Option('--stdout', 'only the standard output').conflicts('stderr'))
    .option('--stderr', 'only the standard error')
    .option('--patience <time>', 'how long the service may be away (default: 10m)')
    .action(
      run<LogOptions, [string]>(async (call, id) => (await import('../commands/logs.ts')).showLogs(call, id)),
    );
}

function parseCount(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number from 0 up.');
}
