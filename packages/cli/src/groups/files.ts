import type { Command } from 'commander';
import { withOutput } from '../command-options.ts';
import type { DownloadOptions } from '../commands/download.ts';
import type { CopyOptions, DeleteFileOptions, UploadOptions } from '../commands/files.ts';
import type { ListingOptions } from '../commands/listing.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';
import { PATTERNS, withDownload, withTransfer } from './transfer-options.ts';

const ADDRESS = 'agave://SYSTEM/PATH, or a path on your default system';
const load = () => import('../commands/files.ts');

/** Everything about files on systems. */
export function addFileCommands(program: Command, runner: Runner): void {
  const files = program.command('files').description('files on systems');
  addReading(files, runner);
  addWriting(files, runner);
}

function addReading(files: Command, { run }: Runner): void {
  withOutput(files.command('list').description('files and directories'), 'listFiles')
    .argument('[uri...]', `${ADDRESS}; ${PATTERNS}; default: your home directory there`)
    .option('-r, --recursive', 'also what the directories hold')
    .action(run<ListingOptions, [string[]]>(async (call, uris) => (await load()).listFiles(call, uris)));
  withDownload(files.command('download').description('copy files here; prints their paths'))
    .argument('<uri...>', `${ADDRESS}; ${PATTERNS}`)
    .action(
      run<DownloadOptions, [string[]]>(async (call, uris) => (await load()).downloadSystemFiles(call, uris)),
    );
}

function addWriting(files: Command, { run }: Runner): void {
  withTransfer(files.command('upload').description('send files and directories; prints their addresses'))
    .argument('<path...>', `files and directories here, and last where they go: ${ADDRESS}`)
    .option('--update', 'only what is missing there, has another size, or is older')
    .action(
      run<UploadOptions, [string[]]>(async (call, paths) => (await load()).uploadSystemFiles(call, paths)),
    );
  withOutput(files.command('mkdir').description('make directories, and those above them'), 'manageFile')
    .argument('<uri...>', ADDRESS)
    .action(run<OutputOptions, [string[]]>(async (call, uris) => (await load()).makeDirectories(call, uris)));
  withOutput(
    files.command('copy').description('copy a file or directory, also between systems and from the web'),
    'manageFile',
  )
    .argument('<from>', `${ADDRESS}, or an address such as https://example.org/reads.fq`)
    .argument('<to>', `${ADDRESS}; into it where it is a directory`)
    .option('--no-wait', 'do not wait for a copy that goes on in the background')
    .action(
      run<CopyOptions, [string, string]>(async (call, from, to) => (await load()).copyFile(call, from, to)),
    );
  withOutput(
    files.command('move').description('move or rename a file or directory within a system'),
    'manageFile',
  )
    .argument('<from>', ADDRESS)
    .argument('<to>', `${ADDRESS}; into it where it is a directory`)
    .action(
      run<OutputOptions, [string, string]>(async (call, from, to) => (await load()).moveFile(call, from, to)),
    );
  files
    .command('delete')
    .description('delete files')
    .argument('<uri...>', ADDRESS)
    .option('-r, --recursive', 'directories too, with all that they hold')
    .action(run<DeleteFileOptions, [string[]]>(async (call, uris) => (await load()).deleteFiles(call, uris)));
}
