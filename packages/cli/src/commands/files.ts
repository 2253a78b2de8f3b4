import { type Client, type FileAddress, renderFileAddress } from '@arras/client';
import type { FileReceipt } from '@arras/contract';
import { cleanText } from '../clean-text.ts';
import type { ExitCode } from '../exit-codes.ts';
import { type OutputOptions, printResult } from '../print.ts';
import { Refusal } from '../refusal.ts';
import { inspectAddress, readAddress, splitAddress } from '../remote/file-places.ts';
import { fileTree } from '../remote/file-tree.ts';
import type { Invocation } from '../runner.ts';
import { findLocalFiles, type LocalTree } from '../transfer/local-files.ts';
import { uploadFiles } from '../transfer/upload-files.ts';
import { untilLeft } from '../watch/until-left.ts';
import { type DownloadOptions, download, type TransferOptions } from './download.ts';
import { awaitContent, ingest, readSource } from './file-copies.ts';
import { type ListingOptions, listEntries } from './listing.ts';
import { parseTime } from './watch.ts';

/** Options of an upload. */
export interface UploadOptions extends TransferOptions {
  readonly update?: boolean;
}

/** Options of a copy. */
export interface CopyOptions extends OutputOptions {
  readonly wait: boolean;
}

/** Options of a deletion. */
export interface DeleteFileOptions {
  readonly recursive?: boolean;
}

/** Lists files and directories of systems. */
export async function listFiles(call: Invocation<ListingOptions>, uris: readonly string[]): Promise<void> {
  const api = call.client();
  const addresses = (uris.length === 0 ? [''] : uris).map(readAddress);
  const wanted = addresses.map(({ systemId, path = '' }) => ({
    tree: fileTree(api, systemId),
    paths: [path],
  }));
  await listEntries(call, wanted, { whenEmpty: 'There are no files yet.' });
}

/** Copies files of systems here. */
export async function downloadSystemFiles(
  call: Invocation<DownloadOptions>,
  uris: readonly string[],
): Promise<ExitCode> {
  const addresses = uris.map(readAddress);
  const api = call.client();
  const wishes = addresses.map(({ systemId, path = '' }) => ({
    tree: fileTree(api, systemId),
    paths: [path],
    topName: systemId ?? 'files',
  }));
  return download(call, wishes);
}

/** Sends files and directories to a system. */
export async function uploadSystemFiles(
  call: Invocation<UploadOptions>,
  words: readonly string[],
): Promise<ExitCode> {
  const { session, options } = call;
  const patienceMs = parseTime('--patience', options.patience);
  const { sources, destination } = splitWords(words);
  const client = call.client();
  const tree = await findLocalFiles(sources);
  const { directory, files } = await chooseDirectory(call.lookup(), tree, destination);
  return untilLeft(
    session,
    { resume: { note: 'with --update the same command sends only the rest' } },
    (signal) =>
      uploadFiles(session, client, files, {
        directory,
        update: options.update === true,
        parallel: options.parallel,
        checksum: options.checksum === true,
        json: options.json === true,
        quiet: options.quiet === true,
        isCurl: call.isCurl,
        patienceMs,
        signal,
      }),
  );
}

/** The destination is last, as with cp; an address in front of local paths is one too, as Tapis' command line has it. */
function splitWords(words: readonly string[]): { sources: readonly string[]; destination: FileAddress } {
  const [first = '', last = ''] = [words[0], words.at(-1)];
  if (words.length < 2) {
    throw new Refusal({
      what: 'It is not said where to send.',
      why: 'An upload takes files and directories here, and last an address.',
      todo: 'Write: files upload FILE... agave://SYSTEM/DIRECTORY',
    });
  }
  const isFirst = first.includes('://') && !last.includes('://');
  return isFirst
    ? { sources: words.slice(1), destination: readAddress(first) }
    : { sources: words.slice(0, -1), destination: readAddress(last) };
}

/** A single file may get another name: that of a destination that is no directory. */
async function chooseDirectory(
  client: Client,
  tree: LocalTree,
  destination: FileAddress,
): Promise<{ directory: FileAddress; files: LocalTree }> {
  const [only] = tree.files;
  const path = destination.path ?? '';
  const isSingle =
    tree.files.length === 1 && tree.emptyDirectories.length === 0 && only?.to.includes('/') === false;
  const found = await inspectAddress(client, destination);
  if (!isSingle || path === '' || path.endsWith('/') || found === 'dir') {
    if (found === 'file') throw notADirectory(destination);
    return { directory: destination, files: tree };
  }
  const { directory, name } = splitAddress(destination);
  return { directory, files: { ...tree, files: [{ ...only, to: name }] } };
}

function notADirectory(at: FileAddress): Refusal {
  return new Refusal({
    what: `${renderFileAddress(at)} is a file.`,
    why: 'Several files, and directories, go into a directory.',
    todo: 'Name a directory; one that is not there is made.',
  });
}

/** Makes directories. */
export async function makeDirectories(
  call: Invocation<OutputOptions>,
  uris: readonly string[],
): Promise<void> {
  const addresses = uris.map(readAddress);
  const client = call.client();
  for (const { systemId, path = '' } of addresses) {
    const top: FileAddress = { systemId, path: path.startsWith('/') ? '/' : '' };
    const receipt = await client.files.mkdir(top, path.replace(/^\/+/, ''));
    await printReceipt(call, receipt, (where) => `Made ${where}.`);
  }
}

/** Copies within a system, between systems, or from elsewhere; waits until the content is there. */
export async function copyFile(call: Invocation<CopyOptions>, from: string, to: string): Promise<ExitCode> {
  const destination = readAddress(to);
  const source = readSource(from);
  const client = call.client();
  const isOneSystem = source.kind === 'system' && source.address.systemId === destination.systemId;
  const receipt = isOneSystem
    ? await client.files.copy(source.address, destination.path ?? '')
    : await ingest(client, source, destination);
  return untilLeft(call.session, { resume: { note: 'the copy goes on' } }, async (signal) => {
    const isThere = receipt.status === 'STAGING_COMPLETED' || !call.options.wait;
    const exitCode = await (isThere ? 0 : awaitContent(call.session, client, { receipt, signal }));
    if (exitCode !== 0) return exitCode;
    const verb = receipt.status === 'STAGING_COMPLETED' || call.options.wait ? 'Copied to' : 'Copying to';
    await printReceipt(call, receipt, (where) => `${verb} ${where}.`);
    return exitCode;
  });
}

/** Moves or renames within a system. */
export async function moveFile(call: Invocation<OutputOptions>, from: string, to: string): Promise<void> {
  const [source, destination] = [readAddress(from), readAddress(to)];
  if (source.systemId !== destination.systemId) {
    throw new Refusal({
      what: 'A file is moved within its system only.',
      why: `It is on ${source.systemId ?? 'your default system'}, and ${destination.systemId ?? 'your default system'} is another.`,
      todo: 'Copy it with "files copy", then delete it.',
    });
  }
  const receipt = await call.client().files.move(source, destination.path ?? '');
  await printReceipt(call, receipt, (where) => `Moved to ${where}.`);
}

/** Deletes files, and directories when that is said. */
export async function deleteFiles(
  { session, client, lookup, options }: Invocation<DeleteFileOptions>,
  uris: readonly string[],
): Promise<void> {
  const addresses = uris.map(readAddress);
  const api = client();
  for (const address of addresses) {
    if (options.recursive !== true && (await inspectAddress(lookup(), address)) === 'dir')
      throw isDirectory(address);
    await api.files.delete(address);
    session.say(`Deleted ${cleanText(renderFileAddress(address))}.\n`);
  }
}

function isDirectory(at: FileAddress): Refusal {
  return new Refusal({
    what: `${renderFileAddress(at) || 'Your home directory'} is a directory.`,
    why: 'It would be deleted with all that it holds.',
    todo: 'Add --recursive if that is meant.',
  });
}

/** Prints the address of what was made, and the sentence for people. */
async function printReceipt(
  { session, options }: Invocation<OutputOptions>,
  receipt: FileReceipt,
  sentence: (where: string) => string,
): Promise<void> {
  const where = cleanText(renderFileAddress({ systemId: receipt.systemId, path: receipt.path }));
  await printResult(session, options, { result: receipt, human: () => `${where}\n` });
  session.say(`${sentence(where)}\n`);
}
