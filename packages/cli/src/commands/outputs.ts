import type { ExitCode } from '../exit-codes.ts';
import { resolveJobId } from '../job-id.ts';
import { outputTree } from '../remote/output-tree.ts';
import type { RemoteTree } from '../remote/remote-tree.ts';
import type { Invocation } from '../runner.ts';
import { measure, type SizeOptions } from './disk-usage.ts';
import { type DownloadOptions, download } from './download.ts';
import { type ListingOptions, listEntries } from './listing.ts';
import { printFiles } from './print-files.ts';

/** Lists files and directories of a job. */
export async function listOutputs(
  call: Invocation<ListingOptions>,
  typed: string,
  paths: readonly string[],
): Promise<void> {
  const tree = await treeOf(call, typed);
  await listEntries(call, [{ tree, paths: orTop(paths) }], { whenEmpty: 'There are no files yet.' });
}

/** Copies files of a job here. */
export async function downloadOutputs(
  call: Invocation<DownloadOptions>,
  typed: string,
  paths: readonly string[],
): Promise<ExitCode> {
  const { id, tree } = await findTree(call, typed);
  return download(call, [{ tree, paths: orTop(paths), topName: id }]);
}

/** Prints files of a job. */
export async function printOutputs(
  call: Invocation<{ readonly patience?: string }>,
  typed: string,
  paths: readonly string[],
): Promise<ExitCode> {
  return printFiles(call, await treeOf(call, typed), paths);
}

/** Prints how much directories of a job hold. */
export async function measureOutputs(
  call: Invocation<SizeOptions>,
  typed: string,
  paths: readonly string[],
): Promise<void> {
  await measure(call, await treeOf(call, typed), orTop(paths));
}

async function treeOf(call: Invocation<unknown>, typed: string): Promise<RemoteTree> {
  return (await findTree(call, typed)).tree;
}

async function findTree({ client, lookup }: Invocation<unknown>, typed: string) {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  return { id, tree: outputTree(api, id) };
}

/** Without a path everything is meant. */
function orTop(paths: readonly string[]): readonly string[] {
  return paths.length === 0 ? [''] : paths;
}
