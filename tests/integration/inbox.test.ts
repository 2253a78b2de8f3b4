import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { InboxFile, Shell } from '../../packages/server/src/execution/shell.ts';
import { eventually } from '../support/eventually.ts';
import { describeEverywhere, type ForkPlace } from '../support/fork-bed.ts';

const PATIENCE = { timeoutMs: 30_000 };
const MAX_BYTES = 1_000;

describeEverywhere('an inbox', (place: ForkPlace) => {
  let opened: Awaited<ReturnType<ForkPlace['open']>>;
  let root: string;
  before(async () => {
    opened = await place.open();
    root = mkdtempSync(join(tmpdir(), 'arras-inbox-'));
  });
  after(async () => {
    await opened.close();
    rmSync(root, { recursive: true, force: true });
  });

  let count = 0;
  /** Watches a new inbox; `take` says what becomes of a file. */
  function open(take: (file: InboxFile) => 'taken' | 'later' = () => 'taken') {
    count += 1;
    const directory = join(root, `news ${count}`);
    const controller = new AbortController();
    const files: InboxFile[] = [];
    const inbox = {
      directory,
      maxBytes: MAX_BYTES,
      take: async (file: InboxFile) => {
        files.push(file);
        return take(file);
      },
    };
    const shell: Shell = opened.shell;
    const watching = shell.watch(join(root, `ended ${count}`), () => {}, controller.signal, inbox);
    return {
      directory,
      files,
      close: async () => {
        controller.abort();
        await watching;
      },
    };
  }

  const name = (number: number, job = 'a') => `tj-${job}-007-1.${String(number).padStart(19, '0')}`;
  function write(directory: string, file: string, content: string | Uint8Array): void {
    writeFileSync(join(directory, `.${file}`), content);
    renameSync(join(directory, `.${file}`), join(directory, file));
  }
  const isMade = (directory: string) => eventually('it is made', () => existsSync(directory), PATIENCE);

  test('hands files over in their order, byte for byte, and deletes those that were taken', async () => {
    const inbox = open();
    await isMade(inbox.directory);
    const odd = Buffer.from([0x0a, 0xff, 0xfe, 0x80, 0x27, 0x22, 0x5c, 0x24, 0x28, 0x0a, 0xc3, 0xa9, 0x1b]);
    const contents = [odd, Buffer.alloc(MAX_BYTES, 0xe9), Buffer.from('\nnonce file x\n'), Buffer.alloc(0)];
    for (const [index, content] of contents.entries()) write(inbox.directory, name(index), content);
    await eventually('all are gone', () => readdirSync(inbox.directory).length === 0, PATIENCE);
    assert.deepEqual(
      inbox.files.map((file) => [file.name, Buffer.from(file.content)]),
      contents.map((content, index) => [name(index), content]),
    );
    await inbox.close();
  });

  test('leaves links, pipes, directories and other names where they are, and opens none of them', async () => {
    const inbox = open();
    await isMade(inbox.directory);
    const secret = join(root, `secret ${count}`);
    writeFileSync(secret, 'secret');
    symlinkSync(secret, join(inbox.directory, name(1)));
    symlinkSync('/dev/zero', join(inbox.directory, name(2)));
    execFileSync('mkfifo', [join(inbox.directory, name(3))]);
    mkdirSync(join(inbox.directory, name(4)));
    for (const strange of ['tj-$(touch pwned)-1.1', 'x', `${name(5)}0`, 'tj-a.0123', '.hidden', 'a\nb'])
      writeFileSync(join(inbox.directory, strange), 'x');
    write(inbox.directory, name(6), 'x'.repeat(MAX_BYTES + 1));
    write(inbox.directory, name(7), `${'y'.repeat(10)}\0${'y'.repeat(10)}`);
    write(inbox.directory, name(8), 'last');
    await eventually('the last one is taken', () => !existsSync(join(inbox.directory, name(8))), PATIENCE);
    assert.deepEqual(
      inbox.files.map((file) => file.name),
      [name(6), name(7), name(8)],
    );
    assert.equal(inbox.files[0]?.content.length, 0, 'a large one comes empty');
    assert.equal(readdirSync(inbox.directory).length, 10);
    await inbox.close();
  });

  test('a file that was put off comes again, and is there until it is taken', async () => {
    let rounds = 0;
    const inbox = open(() => (++rounds < 3 ? 'later' : 'taken'));
    await isMade(inbox.directory);
    write(inbox.directory, name(1), 'x');
    await eventually('it came twice', () => inbox.files.length === 2, PATIENCE);
    assert.ok(existsSync(join(inbox.directory, name(1))));
    await eventually('it is gone', () => !existsSync(join(inbox.directory, name(1))), PATIENCE);
    assert.equal(inbox.files.length, 3);
    await inbox.close();
  });

  test('what lay there before is handed over, and a flood of one try does not keep the others', async () => {
    const directory = join(root, `news ${count + 1}`);
    mkdirSync(directory);
    for (let number = 0; number < 2_000; number += 1) writeFileSync(join(directory, name(number)), 'flood');
    writeFileSync(join(directory, name(1, 'z')), 'quiet');
    const inbox = open();
    await eventually('the quiet one is taken', () => !existsSync(join(directory, name(1, 'z'))), PATIENCE);
    const before = inbox.files.findIndex((file) => file.name === name(1, 'z'));
    assert.ok(before <= 300, `${before} came before it`);
    await eventually('all are gone', () => readdirSync(directory).length === 0, { timeoutMs: 60_000 });
    assert.equal(new Set(inbox.files.map((file) => file.name)).size, 2_001);
    await inbox.close();
  });
});
