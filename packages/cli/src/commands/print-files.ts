import { once } from 'node:events';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { Refusal } from '../refusal.ts';
import type { RemoteEntry, RemoteTree } from '../remote/remote-tree.ts';
import { selectEntries } from '../remote/select-entries.ts';
import type { Invocation } from '../runner.ts';
import { untilLeft } from '../watch/until-left.ts';
import { parseTime } from './watch.ts';

/** Prints the bytes of files one after the other, through lost connections. */
export async function printFiles(
  { session, options }: Invocation<{ readonly patience?: string }>,
  tree: RemoteTree,
  paths: readonly string[],
): Promise<ExitCode> {
  const patienceMs = parseTime('--patience', options.patience);
  return untilLeft(session, { resume: { note: 'what was printed is not all of it' } }, async (signal) => {
    const selected = await selectEntries(tree, paths, { topName: '' });
    const files = selected.filter(({ entry }) => entry.type === 'file');
    for (const { entry } of files) await printFile(tree, entry, { patienceMs, signal });
    return EXIT.ok;
  });
}

async function printFile(
  tree: RemoteTree,
  { path }: RemoteEntry,
  options: { readonly patienceMs: number | undefined; readonly signal: AbortSignal },
): Promise<void> {
  let printed = 0;
  for await (const news of tree.read(path, options)) {
    if (news.kind === 'begun' && printed > 0) throw hasChanged(tree.render(path));
    if (news.kind !== 'bytes') continue;
    printed += news.bytes.length;
    if (!process.stdout.write(news.bytes)) await once(process.stdout, 'drain');
  }
}

function hasChanged(path: string): Refusal {
  return new Refusal({
    what: `${path} has changed while it was printed.`,
    why: 'The connection broke, and what is there now does not go on what was printed.',
    todo: 'Repeat the command.',
    exitCode: EXIT.error,
  });
}
