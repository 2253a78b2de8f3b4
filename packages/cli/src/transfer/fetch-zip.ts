import { lstat, rename, rm } from 'node:fs/promises';
import { keepTrying } from '../keep-trying.ts';
import { BrokenOff } from '../logs/broken-off.ts';
import { Refusal } from '../refusal.ts';
import type { RemoteTree } from '../remote/remote-tree.ts';
import { createPart, partPath } from './part-files.ts';
import type { TransferRow } from './transfer-board.ts';

/** A directory to be fetched as an archive. */
export interface FetchZipOptions {
  readonly tree: RemoteTree;
  readonly path: string;
  readonly target: string;
  readonly force: boolean;
  readonly patienceMs: number | undefined;
  readonly signal: AbortSignal;
  readonly row: TransferRow;
}

/**
 * Fetches a directory as a zip archive. The service makes it while it sends it, so that its size is not known and a
 * broken connection means to begin anew.
 *
 * @throws Refusal when something is in its place and `force` is not given.
 */
export async function fetchZip(options: FetchZipOptions): Promise<void> {
  const { target, force, signal, patienceMs } = options;
  if (!force && (await lstat(target).catch(() => null)) !== null) throw alreadyThere(target);
  const part = partPath(target, '0'.repeat(16));
  try {
    const canPass = (error: unknown) => error instanceof BrokenOff;
    await keepTrying(() => fetchOnce(options, part), { signal, patienceMs, canPass });
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

async function fetchOnce({ tree, path, signal, row }: FetchZipOptions, part: string): Promise<void> {
  const { stream } = await tree.zip(path, { signal });
  await using handle = await createPart(part);
  row.restart(0, null);
  const pieces = brokenOff(stream, signal);
  for await (const bytes of pieces) {
    await handle.writeFile(bytes);
    row.moved(bytes.length);
  }
}

async function* brokenOff(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* stream;
  } catch (error) {
    signal.throwIfAborted();
    throw new BrokenOff(error);
  }
}

function alreadyThere(target: string): Refusal {
  return new Refusal({
    what: `${target} is already here.`,
    why: 'A download does not replace files unless told to.',
    todo: 'Add --force, or choose another place with -o.',
  });
}
