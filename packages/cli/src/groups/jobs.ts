import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { InitOptions } from '../commands/init.ts';
import type { ResubmitOptions } from '../commands/job-actions.ts';
import type { JobListOptions } from '../commands/job-list.ts';
import type { ShowOptions } from '../commands/jobs.ts';
import type { SubmitOptions } from '../commands/submit.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { addJobFilterCommands } from './job-filters.ts';
import { addJobOutputCommands } from './job-outputs.ts';
import { addJobPermissionCommands } from './job-permissions.ts';
import { addJobWatchingCommands } from './job-watching.ts';
import { JOB, JOBS, NO_EXIT_STATUS, TIMEOUT } from './job-words.ts';

/** Everything about jobs. */
export function addJobCommands(program: Command, runner: Runner): void {
  const { run } = runner;
  const jobs = program.command('jobs').description('submit, list and watch jobs');
  addInit(jobs, run);
  addSubmit(jobs, run);
  addList(jobs, run);
  withOutput(jobs.command('show').description('one job'), 'showJob')
    .argument('<id>', JOB)
    .option('-T, --job-template', 'the request that would make the same job again, to be changed')
    .option('--web', 'show its page in the browser; prints the address')
    .action(
      run<ShowOptions, [string]>(async (call, id) => (await import('../commands/jobs.ts')).showJob(call, id)),
    );
  withOutput(jobs.command('status').description('only the status of a job'), 'showJobStatus')
    .argument('<id>', JOB)
    .action(
      run<OutputOptions, [string]>(async (call, id) =>
        (await import('../commands/jobs.ts')).showStatus(call, id),
      ),
    );
  addJobWatchingCommands(jobs, runner);
  addActions(jobs, run);
  addJobOutputCommands(jobs, runner);
  addJobFilterCommands(jobs, runner);
  addJobPermissionCommands(jobs, runner);
}

type Run = Runner['run'];

function addList(jobs: Command, run: Run): void {
  const listing = (name: string, description: string) =>
    withPage(withOutput(jobs.command(name).description(description), 'listJobs', 'showJob'))
      .option('-c, --columns <names>', 'columns of the table, such as id,name,status,ended')
      .option('--explain', 'say which query of the API it is');
  listing('list', 'your jobs, last changed first')
    .argument(
      '[filter...]',
      'such as status:failed created:>7d; "help filters" explains them. A job: only it',
    )
    .option('--saved <name>', 'a filter that was saved')
    .option('--watch', 'keep the table as it is now, until Ctrl-C')
    .action(
      run<JobListOptions, [string[]]>(async (call, words) =>
        (await import('../commands/job-list.ts')).listJobs(call, words),
      ),
    );
  listing('search', 'jobs by conditions of the form --FIELD MODIFIER VALUE, such as --status eq FAILED')
    .allowUnknownOption()
    .argument(
      '[condition...]',
      'modifiers are eq, neq, lt, lte, gt, gte, like, start, end, on, before, after, in',
    )
    .action(
      run<JobListOptions, [string[]]>(async (call, words) =>
        (await import('../commands/job-list.ts')).searchJobs(call, words),
      ),
    );
}

function addInit(jobs: Command, run: Run): void {
  jobs
    .command('init')
    .description('a request for an app, to be filled in and submitted')
    .argument('<app>', 'id of the app: name-version')
    .argument('[key=value...]', 'values to put in, such as parameters.count=5')
    .option('--all', 'also inputs and parameters that may be left out')
    .option('--no-notify', 'without the subscription that mails you every event')
    .action(
      run<InitOptions, [string, string[]]>(async (call, app, pairs) =>
        (await import('../commands/init.ts')).initJob(call, app, pairs),
      ),
    );
}

function addSubmit(jobs: Command, run: Run): void {
  withOutput(jobs.command('submit').description('submit a job; prints its id'), 'submitJob')
    .option('-F, --file <file>', 'the request as JSON; - is the standard input')
    .argument('[key=value...]', 'values that replace those of the file, such as parameters.count=5')
    .option('--dry-run', 'only check the request')
    .option('--wait', 'until the job has ended; the exit code tells how')
    .option('--watch', 'show what happens until the job has ended')
    .option('--timeout <time>', TIMEOUT)
    .option('--no-exit-status', NO_EXIT_STATUS)
    .option('--idempotency-key <key>', 'makes repeating the same submission safe; default: random')
    .action(
      run<SubmitOptions, [string[]]>(async (call, pairs) =>
        (await import('../commands/submit.ts')).submitJob(call, pairs),
      ),
    );
}

function addActions(jobs: Command, run: Run): void {
  const actions = [
    ['stop', 'let the program end: STOPPED'],
    ['kill', 'end the program at once: KILLED'],
  ] as const;
  for (const [action, description] of actions) {
    withOutput(jobs.command(action).description(description), 'actOnJob')
      .argument('<id...>', JOBS)
      .action(
        run<OutputOptions, [string[]]>(async (call, ids) =>
          (await import('../commands/job-actions.ts')).endJobs(call, ids, action),
        ),
      );
  }
  withOutput(jobs.command('resubmit').description('submit jobs again; prints the new ids'), 'resubmitJob')
    .argument('<id...>', JOBS)
    .option('--strict', 'refuse when the app no longer has an input or parameter of the job')
    .option('--no-notifications', 'do not subscribe to the new jobs as to the old ones')
    .action(
      run<ResubmitOptions, [string[]]>(async (call, ids) =>
        (await import('../commands/job-actions.ts')).resubmitJobs(call, ids),
      ),
    );
  for (const [action, description] of [
    ['hide', 'take jobs out of listings; they go on'],
    ['unhide', 'bring hidden or deleted jobs back; needs their whole ids'],
  ] as const) {
    jobs
      .command(action)
      .description(description)
      .argument('<id...>', JOBS)
      .action(
        run<unknown, [string[]]>(async (call, ids) =>
          (await import('../commands/job-actions.ts')).showOrHide(call, ids, action),
        ),
      );
  }
  jobs
    .command('delete')
    .description('stop and hide jobs; their data remain')
    .argument('<id...>', JOBS)
    .action(
      run<unknown, [string[]]>(async (call, ids) =>
        (await import('../commands/job-actions.ts')).deleteJobs(call, ids),
      ),
    );
}
