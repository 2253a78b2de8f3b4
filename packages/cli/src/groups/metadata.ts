import type { Command } from 'commander';
import { withOutput, withPage } from '../command-options.ts';
import type { ListOptions } from '../commands/job-list.ts';
import type { MetadataOptions } from '../commands/metadata.ts';
import type { OutputOptions } from '../print.ts';
import type { Runner } from '../runner.ts';

const DOCUMENT = 'uuid of the document';
const load = () => import('../commands/metadata.ts');

/** Documents about jobs, files and everything else. */
export function addMetadataCommands(program: Command, { run }: Runner): void {
  const meta = program.command('meta').description('documents about jobs, apps, systems and files');
  withPage(withOutput(meta.command('list').description('your documents'), 'listMetadata')).action(
    run<ListOptions, []>(async (call) => (await load()).listMetadata(call)),
  );
  withPage(withOutput(meta.command('search').description('documents that fit a query'), 'listMetadata'))
    .argument('<query>', `conditions as JSON, such as '{"name":"run","value.temperature":{"$gt":20}}'`)
    .action(run<ListOptions, [string]>(async (call, q) => (await load()).listMetadata(call, q)));
  withOutput(meta.command('show').description('one document'), 'showMetadata')
    .argument('<uuid>', DOCUMENT)
    .action(run<OutputOptions, [string]>(async (call, uuid) => (await load()).showMetadata(call, uuid)));
  withDocument(
    withOutput(meta.command('create').description('store a document; prints its uuid'), 'createMetadata'),
  ).action(run<MetadataOptions, []>(async (call) => (await load()).createMetadata(call)));
  withDocument(
    withOutput(meta.command('update').description('change what is given of a document'), 'updateMetadata'),
  )
    .argument('<uuid>', DOCUMENT)
    .action(run<MetadataOptions, [string]>(async (call, uuid) => (await load()).updateMetadata(call, uuid)));
  meta
    .command('delete')
    .description('delete a document')
    .argument('<uuid>', DOCUMENT)
    .action(run<unknown, [string]>(async (call, uuid) => (await load()).deleteMetadata(call, uuid)));
}

function withDocument(command: Command): Command {
  return command
    .option('-F, --file <file>', 'the document as JSON; - is the standard input')
    .option('--name <name>', 'its name')
    .option('--value <json>', 'its value: any JSON')
    .option('--associate <uuids...>', 'uuids of what it is about');
}
