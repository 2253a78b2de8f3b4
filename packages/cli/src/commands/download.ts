import { createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from '@arras/client';
import { cleanText } from '../clean-text.ts';
import { resolveJobId } from '../job-id.ts';
import { Refusal } from '../refusal.ts';
import type { Invocation } from '../runner.ts';
import type { Session } from '../session.ts';
import { readListing } from './outputs.ts';

/** Options of a download. */
export interface DownloadOptions {
  readonly output: string;
  readonly force?: boolean;
}

/** Copies a file, a directory, or everything of a job. */
export async function downloadOutputs(
  { session, client, lookup, options }: Invocation<DownloadOptions>,
  typed: string,
  path = '',
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  if (options.output === '-') return printFile(api, id, path);
  const entries = await readListing(api, id, path);
  const [only] = entries;
  const isFile = entries.length === 1 && only?.type === 'file' && trim(only.path) === trim(path);
  const copy: Copy = { session, api, id, force: options.force === true };
  if (isFile) await copyFile(copy, trim(path), join(options.output, basename(trim(path))));
  else
    await copyTree(
      copy,
      trim(path),
      path === '' ? join(options.output, id) : join(options.output, basename(trim(path))),
    );
}

interface Copy {
  readonly session: Session;
  readonly api: Client;
  readonly id: string;
  readonly force: boolean;
}

async function printFile(api: Client, id: string, path: string): Promise<void> {
  const { stream } = await api.jobs.outputs.download(id, trim(path));
  await pipeline(Readable.fromWeb(stream), process.stdout, { end: false });
}

async function copyTree(copy: Copy, from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const { name, type } of await readListing(copy.api, copy.id, from)) {
    // Names come from programs: one must not lead out of the directory that was asked for.
    if (name === '..' || name.includes('/') || name.includes('\0')) throw unsafeName(name);
    const [source, target] = [from === '' ? name : `${from}/${name}`, join(to, name)];
    await (type === 'dir' ? copyTree(copy, source, target) : copyFile(copy, source, target));
  }
}

/** Writes beside the target and renames at the end, so that no half file looks like a whole one. */
async function copyFile({ session, api, id, force }: Copy, from: string, to: string): Promise<void> {
  if (!force && (await exists(to))) throw alreadyThere(to);
  const { stream } = await api.jobs.outputs.download(id, from);
  const part = `${to}.part`;
  try {
    await pipeline(Readable.fromWeb(stream), createWriteStream(part));
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  session.out(`${cleanText(to)}\n`);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false, // Whatever hides it, writing will tell.
  );
}

function trim(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, '');
}

function unsafeName(name: string): Refusal {
  return new Refusal({
    what: `The file name ${JSON.stringify(name)} is not written here.`,
    why: 'It would lead out of the directory of the download.',
    todo: 'Download the other files by their paths.',
  });
}

function alreadyThere(path: string): Refusal {
  return new Refusal({
    what: `${path} is already here.`,
    why: 'A download does not replace files unless told to.',
    todo: 'Add --force, or choose another place with -o.',
  });
}
