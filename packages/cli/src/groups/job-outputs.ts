import type { Command } from 'commander';
import { withOutput } from '../command-options.ts';
import type { SizeOptions } from '../commands/disk-usage.ts';
import type { DownloadOptions } from '../commands/download.ts';
import type { ListingOptions } from '../commands/listing.ts';
import type { Runner } from '../runner.ts';
import { JOB } from './job-words.ts';
import { PATTERNS, withDownload } from './transfer-options.ts';

const load = () => import('../commands/outputs.ts');

/** The files of a job. */
export function addJobOutputCommands(jobs: Command, { run }: Runner): void {
  const outputs = jobs.command('outputs').description('files of a job, also while it runs');
  withOutput(outputs.command('list').description('files and directories'), 'listJobOutputs')
    .argument('<id>', JOB)
    .argument('[path...]', `files and directories of the job; ${PATTERNS}`)
    .option('-r, --recursive', 'also what the directories hold')
    .action(
      run<ListingOptions, [string, string[]]>(async (call, id, paths) =>
        (await load()).listOutputs(call, id, paths),
      ),
    );
  withDownload(outputs.command('download').description('copy files here; prints their paths'))
    .argument('<id>', JOB)
    .argument('[path...]', `files and directories of the job; ${PATTERNS}; default: everything`)
    .action(
      run<DownloadOptions, [string, string[]]>(async (call, id, paths) =>
        (await load()).downloadOutputs(call, id, paths),
      ),
    );
  outputs
    .command('cat')
    .description('print files as the bytes that they are')
    .argument('<id>', JOB)
    .argument('<path...>', `files of the job; ${PATTERNS}`)
    .option('--patience <time>', 'how long the service may be away (default: 10m)')
    .action(
      run<{ readonly patience?: string }, [string, string[]]>(async (call, id, paths) =>
        (await load()).printOutputs(call, id, paths),
      ),
    );
  outputs
    .command('du')
    .description('how much the directories hold')
    .argument('<id>', JOB)
    .argument('[path...]', `files and directories of the job; ${PATTERNS}; default: everything`)
    .option('--json', 'the sizes as JSON, in bytes')
    .action(
      run<SizeOptions, [string, string[]]>(async (call, id, paths) =>
        (await load()).measureOutputs(call, id, paths),
      ),
    );
}
