import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { INSTALL } from './prepare-scripts.ts';
import type { FileCommand } from './remote-files.ts';
import { INSTALL_FAILURES, type Installation, type Installed } from './shell.ts';

/** The command that installs on a remote host (see `Shell.install`). */
export function installCommand(installations: readonly Installation[]): FileCommand {
  const texts = new Map<string, number>();
  const numberOf = (content: string | Uint8Array): number => {
    const text = renderForPrintf(content);
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const words = installations.flatMap(({ directory, staging, tree, files }) => [
    tree?.root ?? '',
    directory,
    staging ?? '',
    tree?.path ?? '',
    tree?.listIn ?? '',
    String(files.length),
    ...files.flatMap(({ path, executable, content }) => [
      path,
      executable ? 'x' : '-',
      String(numberOf(content)),
    ]),
  ]);
  const token = randomBytes(12).toString('hex');
  // Most texts are the same for all jobs of an app, so each is sent once.
  return { script: INSTALL, args: [token, String(texts.size), ...texts.keys(), ...words] };
}

/** A text from which `printf %b` of bash makes the content: words hold no NUL, and not every content is text. */
function renderForPrintf(content: string | Uint8Array): string {
  const bytes = Buffer.from(content as Uint8Array);
  const text = isUtf8(bytes) ? bytes.toString('utf8') : renderOctal(bytes);
  return text.replaceAll('\\', '\\\\').replaceAll('\0', '\\0000').replaceAll(RAW_OCTAL, '\\0');
}

/** Stands for a backslash that is not doubled; no valid text holds half of a surrogate pair. */
const RAW_OCTAL = '\udc00';

function renderOctal(bytes: Buffer): string {
  return Array.from(bytes, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `${RAW_OCTAL}${byte.toString(8).padStart(3, '0')}`,
  ).join('');
}

// done 0
// large 1
// later 3
// failed 2 not-found /apps/demo: there is no such file or directory
const ANSWER_SHAPE = /^(done|large|later|failed) ([0-9]+)(?: ([a-z-]+) (.*))?$/;

/** What became of each installation; one of which the answer says nothing has failed. */
export function parseInstalled(stdout: string, count: number): readonly Installed[] {
  const found = new Map<number, Installed>();
  for (const line of stdout.split('\n')) {
    const [, kind, index, code = '', reason = ''] = ANSWER_SHAPE.exec(line) ?? [];
    if (kind === 'done') found.set(Number(index), { kind: 'done' });
    if (kind === 'later') found.set(Number(index), { kind: 'later' });
    if (kind === 'large') found.set(Number(index), { kind: 'too-large' });
    const known = INSTALL_FAILURES.find((each) => each === code);
    if (kind === 'failed') found.set(Number(index), { kind: 'failed', code: known ?? 'failed', reason });
  }
  return Array.from({ length: count }, (_, index) => found.get(index) ?? UNTOLD);
}

const UNTOLD: Installed = {
  kind: 'failed',
  code: 'failed',
  reason: 'the host did not tell what became of it',
};
