import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import {
  type Storage,
  StorageError,
  type StorageErrorCode,
} from '../../packages/server/src/storage/storage.ts';

/** A storage under test. */
export interface StorageHarness {
  readonly storage: Storage;
  /** Its root as a directory of this machine, where the tests plant what it should meet; '' for one that lacks `planting`. */
  readonly root: string;
  /** Names of all that is really in a directory, unfinished writes included; default what is in the root. */
  namesIn?(directory: string): readonly string[];
  close(): Promise<void>;
}

/**
 * What a storage cannot have by its nature: `planting` no directory of this machine shows its files, `modes` it keeps no
 * permission bits, `links` it cannot tell links and special files, `shell` no program sees its files, `odd names` names
 * with line breaks and such, `bytes` names that are no text.
 */
export type Lack = 'planting' | 'modes' | 'links' | 'shell' | 'odd names' | 'bytes';

let lacking: readonly Lack[] = [];

/** A test for storages that have all of `needs`. */
function testWith(needs: readonly Lack[], title: string, work: () => void | Promise<void>): void {
  if (!needs.some((need) => lacking.includes(need))) test(title, work);
}

function namesIn({ root, namesIn: look }: StorageHarness, directory: string): readonly string[] {
  return look?.(directory) ?? fs.readdirSync(path.join(root, directory));
}

/** What every Storage promises. `name` is how the reports call it. */
export function describeStorage(
  name: string,
  createHarness: () => Promise<StorageHarness>,
  lacks: readonly Lack[] = [],
): void {
  lacking = lacks;
  describe(`storage conformance: ${name}`, () => {
    let harness: StorageHarness;
    before(async () => {
      harness = await createHarness();
    });
    after(() => harness.close());
    describeFilesRead(() => ({
      ...harness,
      plant: (where, content) => harness.storage.write(where, Readable.from([content])),
    }));
    describeReadingAndWriting(() => harness);
    describeListing(() => harness);
    describeTreeChanges(() => harness);
    describeHostileTrees(() => harness);
  });
}

/** A storage that can only be read, and how files get there. */
export interface ReadingHarness {
  readonly storage: Storage;
  plant(path: string, content: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** What every Storage promises that can be read, whatever else it can. */
export function describeReading(name: string, createHarness: () => Promise<ReadingHarness>): void {
  describe(`storage conformance, reading: ${name}`, () => {
    let harness: ReadingHarness;
    before(async () => {
      harness = await createHarness();
    });
    after(() => harness.close());
    describeFilesRead(() => harness);
  });
}

function describeFilesRead(current: () => ReadingHarness): void {
  test('a planted file is found and read, whole and in ranges', async () => {
    const { storage, plant } = current();
    await plant('/read/digits', Buffer.from('0123456789'));
    const info = await storage.find('/read/digits');
    assert.deepEqual([info?.type, info?.name, info?.sizeBytes], ['file', 'digits', 10]);
    assert.equal(await read(storage, '/read/digits'), '0123456789');
    assert.equal(await read(storage, '/read/digits', { start: 2, end: 4 }), '234');
    assert.equal(await read(storage, '/read/digits', { start: 8, end: 99 }), '89');
    assert.equal(await read(storage, '/read/digits', { start: 10 }), '');
    assert.equal(await read(storage, '/read/digits', { start: 5, end: 3 }), '');
    assert.equal((await storage.find('/'))?.type, 'dir');
  });

  test('an empty and a large file are read byte for byte', async () => {
    const { storage, plant } = current();
    await plant('/read/empty', Buffer.alloc(0));
    assert.equal(await read(storage, '/read/empty'), '');
    const large = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    await plant('/read/large', large);
    assert.ok((await buffer((await storage.open('/read/large')).stream)).equals(large));
    const middle = await storage.open('/read/large', { start: 1_000_000, end: 1_999_999 });
    assert.ok((await buffer(middle.stream)).equals(large.subarray(1_000_000, 2_000_000)));
  });

  test('names with blanks, signs and letters of all scripts are found', async () => {
    const { storage, plant } = current();
    for (const name of ['a b+c', '%2e%2e', 'q"\'?#&;=', 'ü\u{1f600}', '-rf', '$(x)', '*[a]']) {
      await plant(`/read/${name}`, Buffer.from(name));
      assert.equal(await read(storage, `/read/${name}`), name);
    }
  });

  test('what is missing is null to find and not-found to open', async () => {
    const { storage } = current();
    assert.equal(await storage.find('/read/none'), null);
    await assert.rejects(storage.open('/read/none'), failsWith('not-found', '/read/none'));
  });

  for (const where of ['/../etc/passwd', '/read/../x', '/./x', '//x', 'x', '/x/', '/a\0b']) {
    test(`the path ${JSON.stringify(where)} is refused by a reader`, async () => {
      await assert.rejects(current().storage.find(where), failsWith('forbidden', where));
    });
  }
}

type Current = () => StorageHarness;

const text = (content: string): Readable => Readable.from([Buffer.from(content)]);

async function read(
  storage: Storage,
  where: string,
  range?: { start: number; end?: number },
): Promise<string> {
  return (await buffer((await storage.open(where, range)).stream)).toString();
}

/** Expects a StorageError of this code whose message names the path. */
function failsWith(code: StorageErrorCode, where: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.includes(where), error.message);
    return true;
  };
}

function describeReadingAndWriting(current: Current): void {
  test('what was written is read back, and missing directories are made', async () => {
    const { storage } = current();
    await storage.write('/a/b/c.txt', text('hello'));
    assert.equal(await read(storage, '/a/b/c.txt'), 'hello');
    const info = await storage.find('/a/b/c.txt');
    assert.equal(info?.sizeBytes, 5);
    assert.equal(info?.name, 'c.txt');
    assert.equal(info?.type, 'file');
    assert.equal((await storage.find('/a/b'))?.type, 'dir');
    assert.equal((await storage.find('/'))?.type, 'dir');
  });

  test('writing again replaces the file', async () => {
    const { storage } = current();
    await storage.write('/again', text('a longer first version'));
    await storage.write('/again', text('second'));
    assert.equal(await read(storage, '/again'), 'second');
  });

  test('an empty file is a file of 0 bytes', async () => {
    const { storage } = current();
    await storage.write('/empty', Readable.from([]));
    assert.equal((await storage.find('/empty'))?.sizeBytes, 0);
    assert.equal(await read(storage, '/empty'), '');
  });

  testWith(['modes'], 'permission bits are kept, others dropped', async () => {
    const { storage } = current();
    await storage.write('/script', text('x'), { mode: 0o4777 });
    assert.equal((await storage.find('/script'))?.mode, 0o777);
    await storage.write('/private', text('x'), { mode: 0o400 });
    assert.equal((await storage.find('/private'))?.mode, 0o400);
  });

  test('a range yields its bytes, and none from past the end', async () => {
    const { storage } = current();
    await storage.write('/digits', text('0123456789'));
    assert.equal(await read(storage, '/digits', { start: 2, end: 4 }), '234');
    assert.equal(await read(storage, '/digits', { start: 7 }), '789');
    assert.equal(await read(storage, '/digits', { start: 8, end: 99 }), '89');
    assert.equal(await read(storage, '/digits', { start: 10 }), '');
    assert.equal(await read(storage, '/digits', { start: 5, end: 3 }), '');
  });

  test('what is missing is null to find and not-found to the rest', async () => {
    const { storage } = current();
    await storage.write('/plain', text('x'));
    assert.equal(await storage.find('/none/such'), null);
    assert.equal(await storage.find('/plain/below'), null);
    await assert.rejects(storage.open('/none'), failsWith('not-found', '/none'));
    await assert.rejects(storage.list('/none'), failsWith('not-found', '/none'));
    await assert.rejects(storage.open('/plain/below'), failsWith('not-a-directory', '/plain'));
  });

  test('a directory is not a file and a file not a directory', async () => {
    const { storage } = current();
    await storage.write('/kind/file', text('x'));
    await assert.rejects(storage.open('/kind'), failsWith('not-a-file', '/kind'));
    await assert.rejects(storage.list('/kind/file'), failsWith('not-a-directory', '/kind/file'));
    await assert.rejects(storage.write('/kind', text('x')), failsWith('not-a-file', '/kind'));
    await assert.rejects(
      storage.write('/kind/file/x', text('x')),
      failsWith('not-a-directory', '/kind/file'),
    );
  });

  test('an aborted or failing source leaves neither the file nor a part of it', async () => {
    const { storage } = current();
    await storage.makeDirectory('/aborted');
    const stop = new AbortController();
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(100_000);
      stop.abort();
      while (true) yield Buffer.alloc(100_000);
    }
    await assert.rejects(storage.write('/aborted/f', Readable.from(endless()), { signal: stop.signal }));
    assert.deepEqual(namesIn(current(), 'aborted'), []);
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(10);
      throw new Error('the sender hung up');
    }
    await assert.rejects(storage.write('/aborted/f', Readable.from(failing())), /hung up/);
    assert.deepEqual(namesIn(current(), 'aborted'), []);
  });

  test('an aborted write does not wait for a source that says nothing', async () => {
    const { storage } = current();
    await storage.makeDirectory('/silent');
    const stop = new AbortController();
    const silent = new Readable({ read: () => undefined });
    silent.push(Buffer.alloc(100_000));
    const written = storage.write('/silent/f', silent, { signal: stop.signal });
    setImmediate(() => stop.abort());
    await assert.rejects(written);
    assert.equal(silent.destroyed, true);
    assert.deepEqual(namesIn(current(), 'silent'), []);
  });

  test('a write that was aborted before it began destroys its source and writes nothing', async () => {
    const { storage } = current();
    const source = text('x');
    await assert.rejects(storage.write('/never', source, { signal: AbortSignal.abort() }));
    assert.equal(source.destroyed, true);
    assert.equal(await storage.find('/never'), null);
  });

  testWith(
    ['planting'],
    'a file that shrinks while it is read is an error, one that grows ends where it was',
    async () => {
      const { storage, root } = current();
      fs.writeFileSync(path.join(root, 'live'), Buffer.alloc(3_000_000));
      const shrinking = await storage.open('/live');
      fs.truncateSync(path.join(root, 'live'), 10);
      await assert.rejects(buffer(shrinking.stream), failsWith('changed', '/live'));
      const growing = await storage.open('/live');
      fs.appendFileSync(path.join(root, 'live'), 'more');
      assert.equal((await buffer(growing.stream)).length, 10);
    },
  );

  test('two writers of one name leave one whole version', async () => {
    const { storage } = current();
    const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
    await Promise.all(versions.map((version) => storage.write('/raced/by/four', text(version))));
    assert.ok(versions.includes(await read(storage, '/raced/by/four')));
    assert.equal((await storage.list('/raced/by')).length, 1);
  });
}

function describeListing(current: Current): void {
  const odd = [
    '-rf',
    'new\nline',
    '\'q"',
    '$(touch pwned)',
    'x'.repeat(255),
    '%2e%2e',
    ' ',
    'ü',
    '\u{1f600}',
    '\uffee',
    '...',
  ];

  testWith(['odd names'], 'odd names are written, listed in byte order and read back', async () => {
    const { storage } = current();
    for (const name of odd) await storage.write(`/odd/${name}`, text(name));
    const names = (await storage.list('/odd')).map((info) => info.name);
    const sorted = odd.map((name) => Buffer.from(name)).sort((a, b) => a.compare(b));
    assert.deepEqual(names, sorted.map(String));
    for (const name of odd) assert.equal(await read(storage, `/odd/${name}`), name);
  });

  test('a name of 256 bytes is refused and leaves nothing', async () => {
    const { storage } = current();
    const long = `/long/${'x'.repeat(256)}`;
    await storage.makeDirectory('/long');
    await assert.rejects(storage.write(long, text('x')), failsWith('forbidden', 'too long'));
    assert.deepEqual(await storage.list('/long'), []);
  });

  testWith(
    ['planting', 'bytes'],
    'names that are no text are left out unless asked for, and then usable byte for byte',
    async () => {
      const { storage, root } = current();
      const directory = Buffer.from(path.join(root, 'bytes/'));
      fs.mkdirSync(directory);
      const raw = Buffer.from([0x61, 0xff, 0xc0, 0xaf, 0x62]);
      fs.writeFileSync(Buffer.concat([directory, raw]), 'raw');
      fs.writeFileSync(path.join(root, 'bytes/a\ufffd'), 'text');
      assert.deepEqual(
        (await storage.list('/bytes')).map((info) => info.name),
        ['a\ufffd'],
      );
      const [, second] = await storage.list('/bytes', { everyName: true });
      assert.ok(second !== undefined && !second.name.isWellFormed());
      assert.equal(await read(storage, second.path), 'raw');
      await storage.write(`${second.path}2`, text('copy'));
      const names = fs.readdirSync(directory, { encoding: 'buffer' });
      assert.ok(names.some((name) => name.equals(Buffer.concat([raw, Buffer.from('2')]))));
      await storage.remove('/bytes');
      assert.equal(await storage.find('/bytes'), null);
    },
  );

  testWith(
    ['planting', 'links'],
    'links, special files and part files are left out, the first two with a word',
    async () => {
      const { storage, root } = current();
      const directory = path.join(root, 'mixed');
      fs.mkdirSync(path.join(directory, 'sub'), { recursive: true });
      fs.writeFileSync(path.join(directory, 'file'), 'x');
      fs.writeFileSync(path.join(directory, '.arras-part-0123'), 'x');
      fs.symlinkSync('file', path.join(directory, 'link'));
      execFileSync('mkfifo', [path.join(directory, 'pipe')]);
      const leftOut: string[] = [];
      const listed = await storage.list('/mixed', {
        onLeftOut: (entry) => leftOut.push(`${entry.path} ${entry.what}`),
      });
      assert.deepEqual(
        listed.map((info) => `${info.path} ${info.type}`),
        ['/mixed/file file', '/mixed/sub dir'],
      );
      assert.deepEqual(leftOut.sort(), ['/mixed/link symbolic link', '/mixed/pipe named pipe']);
    },
  );
}

function describeTreeChanges(current: Current): void {
  test('making a directory twice is fine, over a file it is not', async () => {
    const { storage } = current();
    await storage.makeDirectory('/made/deep');
    await storage.makeDirectory('/made/deep');
    await storage.write('/made/file', text('x'));
    await assert.rejects(storage.makeDirectory('/made/file'), failsWith('not-a-directory', '/made/file'));
  });

  test('removing takes a file or a whole tree, and nothing there is no error', async () => {
    const { storage } = current();
    await storage.write('/tree/a/b/c', text('x'));
    await storage.write('/tree/d', text('x'));
    await storage.remove('/tree/d');
    await storage.remove('/tree');
    await storage.remove('/tree');
    await storage.remove('/tree/a/b');
    assert.equal(await storage.find('/tree'), null);
    await assert.rejects(storage.remove('/'), failsWith('forbidden', 'root'));
  });

  test('moving renames, makes directories and replaces a file', async () => {
    const { storage } = current();
    await storage.write('/move/from', text('new'));
    await storage.write('/moved/there/to', text('old'));
    await storage.move('/move/from', '/moved/there/to');
    assert.equal(await read(storage, '/moved/there/to'), 'new');
    assert.equal(await storage.find('/move/from'), null);
    await storage.move('/moved', '/elsewhere/all');
    assert.equal(await read(storage, '/elsewhere/all/there/to'), 'new');
    await assert.rejects(storage.move('/nothing', '/x'), failsWith('not-found', '/nothing'));
  });

  testWith(
    ['planting'],
    'part files that a killed writer left are removed once old enough, all else stays',
    async () => {
      const { storage, root } = current();
      await storage.write('/parts/deep/kept', text('x'));
      const part = path.join(root, 'parts/deep/.arras-part-dead');
      fs.writeFileSync(part, 'half');
      const anHourAgo = new Date(Date.now() - 3_600_000);
      await storage.removeParts('/parts', anHourAgo);
      assert.ok(fs.existsSync(part));
      fs.utimesSync(part, anHourAgo, anHourAgo);
      await storage.removeParts('/parts', new Date(anHourAgo.getTime() + 1000));
      assert.deepEqual(fs.readdirSync(path.dirname(part)), ['kept']);
    },
  );

  testWith(['shell'], 'the host path is the root and the path', () => {
    const { storage, root } = current();
    assert.equal(storage.hostPath('/a/b'), path.join(root, 'a/b'));
  });
}

/** Plants an outside directory with a secret, and links to it inside. */
function plantLinks(root: string): { readonly outside: string } {
  const outside = fs.mkdtempSync(`${root}-outside-`);
  fs.writeFileSync(path.join(outside, 'secret'), 'secret');
  fs.mkdirSync(path.join(root, 'hostile'));
  fs.symlinkSync(outside, path.join(root, 'hostile/dir'));
  fs.symlinkSync(path.join(outside, 'secret'), path.join(root, 'hostile/file'));
  fs.symlinkSync('/proc/self/environ', path.join(root, 'hostile/environ'));
  fs.symlinkSync('/nowhere', path.join(root, 'hostile/dangling'));
  return { outside };
}

function describeHostileTrees(current: Current): void {
  if (!lacking.includes('links')) describeLinks(current);

  for (const where of [
    '/../etc/passwd',
    '/hostile/../own',
    '/./own',
    '//own',
    'own',
    '/own/',
    '/a\0b',
    '/a\ud800',
  ]) {
    test(`the path ${JSON.stringify(where)} is refused`, async () => {
      const { storage } = current();
      await assert.rejects(storage.find(where), failsWith('forbidden', where));
      await assert.rejects(storage.write(where, text('x')), (error) => error instanceof StorageError);
    });
  }

  test('a path nested deeper than 256 levels is refused', async () => {
    const { storage } = current();
    await assert.rejects(storage.makeDirectory('/d'.repeat(257)), failsWith('forbidden', '256'));
  });
}

function describeLinks(current: Current): void {
  let outside = '';
  before(() => {
    outside = plantLinks(current().root).outside;
  });
  after(() => fs.rmSync(outside, { recursive: true, force: true }));

  for (const name of ['file', 'environ', 'dangling', 'dir', 'dir/secret', 'dir/missing']) {
    test(`the link hostile/${name} is neither found, opened nor listed`, async () => {
      const { storage } = current();
      const where = `/hostile/${name}`;
      await assert.rejects(storage.find(where), failsWith('forbidden', 'link'));
      await assert.rejects(storage.open(where), failsWith('forbidden', 'link'));
      await assert.rejects(storage.list(where), failsWith('forbidden', 'link'));
    });
  }

  test('nothing is written, made or moved through a linked directory', async () => {
    const { storage } = current();
    await storage.write('/own', text('x'));
    await assert.rejects(storage.write('/hostile/dir/new', text('x')), failsWith('forbidden', 'link'));
    await assert.rejects(storage.makeDirectory('/hostile/dir/new'), failsWith('forbidden', 'link'));
    await assert.rejects(storage.move('/own', '/hostile/dir/new'), failsWith('forbidden', 'link'));
    await assert.rejects(storage.move('/hostile/file', '/moved-link'), failsWith('forbidden', 'link'));
    await assert.rejects(storage.remove('/hostile/dir/secret'), failsWith('forbidden', 'link'));
    assert.deepEqual(fs.readdirSync(outside), ['secret']);
  });

  test('writing over a link replaces the link, removing it leaves its target', async () => {
    const { storage, root } = current();
    fs.symlinkSync(path.join(outside, 'secret'), path.join(root, 'hostile/over'));
    await storage.write('/hostile/over', text('mine'));
    assert.equal(await read(storage, '/hostile/over'), 'mine');
    fs.mkdirSync(path.join(root, 'doomed'));
    fs.symlinkSync(outside, path.join(root, 'doomed/link'));
    await storage.remove('/doomed');
    assert.equal(fs.readFileSync(path.join(outside, 'secret'), 'utf8'), 'secret');
  });

  test('a named pipe, a socket and a device are refused at once', { timeout: 5000 }, async () => {
    const { storage, root } = current();
    execFileSync('mkfifo', [path.join(root, 'hostile/pipe')]);
    const server = net.createServer().listen(path.join(root, 'hostile/sock'));
    await assert.rejects(storage.open('/hostile/pipe'), failsWith('forbidden', 'named pipe'));
    await assert.rejects(storage.open('/hostile/pipe/x'), failsWith('forbidden', 'named pipe'));
    await assert.rejects(storage.list('/hostile/pipe'), failsWith('forbidden', 'named pipe'));
    await assert.rejects(storage.open('/hostile/sock'), failsWith('forbidden', 'socket'));
    server.close();
  });

  test('a hard link of the same owner is an ordinary file', async () => {
    const { storage, root } = current();
    fs.writeFileSync(path.join(root, 'hostile/one'), 'linked');
    fs.linkSync(path.join(root, 'hostile/one'), path.join(root, 'hostile/two'));
    assert.equal(await read(storage, '/hostile/two'), 'linked');
  });
}
