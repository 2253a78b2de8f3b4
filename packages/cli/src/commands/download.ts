import { join } from 'node:path';
import { cleanText } from '../clean-text.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import { parseGlob } from '../remote/glob.ts';
import { lastName, type RemoteTree } from '../remote/remote-tree.ts';
import { selectEntries } from '../remote/select-entries.ts';
import type { Invocation } from '../runner.ts';
import { downloadFiles } from '../transfer/download-files.ts';
import { fetchZip } from '../transfer/fetch-zip.ts';
import { LocalDirectories } from '../transfer/local-places.ts';
import { findPathProblem } from '../transfer/safe-target.ts';
import { sha256Of } from '../transfer/sha256.ts';
import { TransferBoard } from '../transfer/transfer-board.ts';
import { untilLeft } from '../watch/until-left.ts';
import { parseTime } from './watch.ts';

/** Options of everything that moves files. */
export interface TransferOptions {
  readonly parallel: number;
  readonly checksum?: boolean;
  readonly json?: boolean;
  readonly patience?: string;
  readonly quiet?: boolean;
}

/** Options of a download. */
export interface DownloadOptions extends TransferOptions {
  readonly output: string;
  readonly force?: boolean;
  readonly zip?: boolean;
}

/** Paths of one tree to be brought here. */
export interface DownloadWish {
  readonly tree: RemoteTree;
  readonly paths: readonly string[];
  /** What the copy of the whole tree is called. */
  readonly topName: string;
}

/** Brings files and directories here. */
export async function download(
  call: Invocation<DownloadOptions>,
  wishes: readonly DownloadWish[],
): Promise<ExitCode> {
  const { session, options } = call;
  if (options.output === '-') throw notAPlace();
  const patienceMs = parseTime('--patience', options.patience);
  return untilLeft(
    session,
    { resume: { note: 'the same command goes on where it stopped' } },
    async (signal) => {
      if (options.zip === true) return downloadZips(call, wishes, { signal, patienceMs });
      const selections = [];
      for (const { tree, paths, topName } of wishes)
        selections.push({ tree, selected: await selectEntries(tree, paths, { topName }) });
      return downloadFiles(session, selections, {
        root: options.output,
        force: options.force === true,
        parallel: options.parallel,
        checksum: options.checksum === true,
        json: options.json === true,
        quiet: options.quiet === true,
        patienceMs,
        signal,
      });
    },
  );
}

interface Leaving {
  readonly signal: AbortSignal;
  readonly patienceMs: number | undefined;
}

/** Brings directories here, each as one archive, one after the other: the service packs them. */
async function downloadZips(
  { session, options }: Invocation<DownloadOptions>,
  wishes: readonly DownloadWish[],
  leaving: Leaving,
): Promise<ExitCode> {
  const all = wishes.flatMap(({ tree, paths, topName }) =>
    paths.map((path) => ({ tree, path, name: zipName(path, topName) })),
  );
  await new LocalDirectories(options.output).ensure('.');
  const board = new TransferBoard(
    session,
    { files: all.length, bytes: 0 },
    { quiet: options.quiet === true },
  );
  board.start();
  try {
    for (const { tree, path, name } of all) {
      const target = join(options.output, name);
      const row = board.begin(name, null);
      await fetchZip({ tree, path, target, force: options.force === true, row, ...leaving });
      row.end();
      const sha256 = options.checksum === true ? await sha256Of(target) : undefined;
      if (options.json === true)
        board.printJson({ path: tree.render(path), target, status: 'downloaded', sha256 });
      else board.print(`${sha256 === undefined ? '' : `${sha256}  `}${cleanText(target)}`);
    }
  } finally {
    board.stop();
  }
  return EXIT.ok;
}

function zipName(path: string, topName: string): string {
  const name = `${lastName(path) === '' ? topName : lastName(path)}.zip`;
  const problem = findPathProblem(name);
  if (parseGlob(path).pattern === null && problem === null) return name;
  throw new Refusal({
    what: `${path} cannot become an archive.`,
    why: problem ?? 'An archive is made of a directory, not of what fits a pattern.',
    todo: 'Name directories.',
  });
}

function notAPlace(): Refusal {
  return new Refusal({
    what: '- is no directory.',
    why: 'A download writes files; "jobs outputs cat" prints them.',
    todo: 'Name a directory with -o.',
  });
}
