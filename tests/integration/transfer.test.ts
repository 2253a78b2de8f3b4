import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { copyFile } from '../../packages/server/src/storage/copy-file.ts';
import { createLocalStorage } from '../../packages/server/src/storage/local-storage.ts';
import type { LeftOut, Storage } from '../../packages/server/src/storage/storage.ts';
import { copyTree } from '../../packages/server/src/storage/transfer.ts';
import type { TransferProgress } from '../../packages/server/src/storage/transfer-progress.ts';
import { verifyTree } from '../../packages/server/src/storage/verify-tree.ts';

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'arras-transfer-')));
after(() => fs.rmSync(base, { recursive: true, force: true }));
const storage = createLocalStorage({ rootDir: base });

function plant(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(base, name)), { recursive: true });
    fs.writeFileSync(path.join(base, name), content);
  }
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** All entries below a directory, a character a byte. */
function listAll(directory: string): readonly string[] {
  const found = execFileSync('find', ['.', '-mindepth', '1', '-print0'], { cwd: path.join(base, directory) });
  return found.toString('latin1').split('\0').filter(Boolean).sort();
}

/** The local storage, but every file is streamed. */
const { smallFiles: _, ...streaming } = storage;

/** The same, and something happens each time a file has been opened. */
function disturbed(onOpen: (count: number) => void): Storage {
  let count = 0;
  return {
    ...streaming,
    async open(where, range) {
      const opened = await storage.open(where, range);
      onOpen(++count);
      return opened;
    },
  };
}

test('a tree is copied with odd names, modes, empty files and empty directories, and its manifest is true', async () => {
  plant({ 's1/a': 'alpha', 's1/deep/er/b\n"\'': 'beta', 's1/-rf': '', [`s1/${'x'.repeat(255)}`]: 'long' });
  fs.mkdirSync(path.join(base, 's1/none/at/all'), { recursive: true });
  fs.writeFileSync(Buffer.concat([Buffer.from(`${base}/s1/`), Buffer.from([0xff, 0x41])]), 'bytes');
  fs.chmodSync(path.join(base, 's1/a'), 0o751);
  fs.symlinkSync('a', path.join(base, 's1/link'));
  const leftOut: LeftOut[] = [];
  const manifest = await copyTree({
    from: storage,
    fromPath: '/s1',
    to: storage,
    toPath: '/d1/archive',
    checksums: true,
    onLeftOut: (entry) => leftOut.push(entry),
  });
  fs.unlinkSync(path.join(base, 's1/link'));
  assert.deepEqual(listAll('d1/archive'), listAll('s1'));
  assert.deepEqual(leftOut, [{ path: '/s1/link', what: 'symbolic link' }]);
  assert.equal(fs.statSync(path.join(base, 'd1/archive/a')).mode & 0o777, 0o751);
  const alpha = manifest.find((entry) => entry.path === '/a');
  assert.deepEqual(alpha, {
    path: '/a',
    sizeBytes: 5,
    modifiedAt: fs.statSync(path.join(base, 's1/a')).mtime,
    sha256: sha256('alpha'),
  });
  assert.equal(manifest.length, 5);
  assert.deepEqual(await verifyTree({ manifest, to: storage, toPath: '/d1/archive', checkHashes: true }), []);
});

test('a single file is copied under the new name', async () => {
  plant({ one: 'uno' });
  const manifest = await copyTree({
    from: storage,
    fromPath: '/one',
    to: storage,
    toPath: '/d2/two',
    checksums: true,
  });
  assert.deepEqual(
    manifest.map((entry) => [entry.path, entry.sha256]),
    [['/', sha256('uno')]],
  );
  assert.equal(fs.readFileSync(path.join(base, 'd2/two'), 'utf8'), 'uno');
  assert.deepEqual(await verifyTree({ manifest, to: storage, toPath: '/d2/two', checkHashes: true }), []);
});

test('an empty directory, and one whose entries are all excluded, arrive empty', async () => {
  plant({ 's3/kept/skip.me': 'x', 's3/gone/deep/file': 'x' });
  const manifest = await copyTree({
    from: storage,
    fromPath: '/s3',
    to: storage,
    toPath: '/d3',
    isExcluded: (where) => where.endsWith('.me') || where === '/gone',
  });
  assert.deepEqual(manifest, []);
  assert.deepEqual(listAll('d3'), ['./kept']);
});

test('verification names what is missing, no file, of another size or of other content', async () => {
  plant({ 's4/a': 'aaaa', 's4/b': 'bbbb', 's4/c': 'cccc', 's4/d': 'dddd', 's4/e': 'eeee' });
  const manifest = await copyTree({ from: storage, fromPath: '/s4', to: storage, toPath: '/d4' });
  fs.rmSync(path.join(base, 'd4/a'));
  fs.rmSync(path.join(base, 'd4/b'));
  fs.mkdirSync(path.join(base, 'd4/b'));
  plant({ 'd4/c': 'ccccc', 'd4/d': 'dxdd' });
  const found = await verifyTree({ manifest, to: storage, toPath: '/d4', checkHashes: true });
  assert.deepEqual(found, [
    { path: '/a', problem: 'missing' },
    { path: '/b', problem: 'not a file' },
    { path: '/c', problem: 'other size' },
    { path: '/d', problem: 'other content' },
  ]);
  assert.equal((await verifyTree({ manifest, to: storage, toPath: '/d4' })).length, 3);
});

test('a file that changes while it is copied fails and leaves nothing at the final name', async () => {
  plant({ 's5/log': 'first line\n' });
  const from = disturbed(() => fs.appendFileSync(path.join(base, 's5/log'), 'more\n'));
  const copy = copyFile({ from, fromPath: '/s5/log', to: storage, toPath: '/d5/log' });
  await assert.rejects(copy, { code: 'changed', message: /\/s5\/log/ });
  assert.deepEqual(listAll('d5'), []);
});

test('a tree copy takes a changed file once more, counts its bytes once, and then gives up', async () => {
  plant({ 's6/log': 'first line\n' });
  const grow = (): void => fs.appendFileSync(path.join(base, 's6/log'), 'more\n');
  const reports: TransferProgress[] = [];
  const manifest = await copyTree({
    from: disturbed((count) => count === 1 && grow()),
    fromPath: '/s6',
    to: storage,
    toPath: '/d6',
    onProgress: (progress) => reports.push(progress),
  });
  assert.equal(manifest[0]?.sha256, sha256('first line\nmore\n'));
  assert.equal(reports.at(-1)?.bytesTransferred, 16);
  const always = copyTree({ from: disturbed(grow), fromPath: '/s6', to: storage, toPath: '/d6b' });
  await assert.rejects(always, { code: 'changed' });
  assert.deepEqual(listAll('d6b'), []);
});

test('a file that is deleted while it is copied is reported, and never half there', async () => {
  plant({ 's7/log': 'x' });
  const from = disturbed(() => fs.rmSync(path.join(base, 's7/log')));
  await assert.rejects(copyTree({ from, fromPath: '/s7', to: storage, toPath: '/d7' }), {
    message: /\/s7\/log/,
  });
  assert.deepEqual(listAll('d7'), []);
});

test('a missing source says so', async () => {
  const copy = copyTree({ from: storage, fromPath: '/absent', to: storage, toPath: '/d8' });
  await assert.rejects(copy, { code: 'not-found', message: /\/absent/ });
});

test('as many files are copied and directories listed at a time as the storages want', async () => {
  for (let n = 0; n < 12; n++) plant({ [`s11/${n}/f`]: 'x' });
  let [running, most] = [0, 0];
  const count = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    running += 1;
    most = Math.max(most, running);
    return work().finally(() => {
      running -= 1;
    });
  };
  const from: Storage = {
    ...streaming,
    filesAtOnce: 6,
    list: (...what) => count(() => storage.list(...what)),
  };
  const to: Storage = {
    ...streaming,
    copierFrom: () => null,
    write: (...what) => count(() => storage.write(...what)),
  };
  for (const [counted, names] of [
    [{ from, to: storage }, 'listed'],
    [{ from: { ...from, list: storage.list }, to }, 'copied'],
  ] as const) {
    most = 0;
    const manifest = await copyTree({ ...counted, fromPath: '/s11', toPath: '/d11' });
    assert.equal(manifest.length, 12);
    assert.equal(most, 6, names);
  }
});

test('a small file that is written to between its listing and its copy is copied as it is', async () => {
  plant({ 's12/log': 'first line\n', 's12/quiet': 'x' });
  const from: Storage = {
    ...storage,
    smallFiles: {
      ...(storage.smallFiles ?? assert.fail()),
      read: (directory, files) => {
        fs.appendFileSync(path.join(base, 's12/log'), 'last line\n');
        return storage.smallFiles?.read(directory, files) ?? assert.fail();
      },
    },
  };
  const manifest = await copyTree({ from, fromPath: '/s12', to: storage, toPath: '/d12' });
  assert.equal(fs.readFileSync(path.join(base, 'd12/log'), 'utf8'), 'first line\nlast line\n');
  assert.deepEqual(
    manifest.map(({ path: where, sha256: sum }) => [where, sum]),
    [
      ['/log', sha256('first line\nlast line\n')],
      ['/quiet', sha256('x')],
    ],
  );
});

test('a small file that became a link, a pipe or unreadable is told as such and not read', async () => {
  for (const [name, become] of [
    ['link', (where: string) => fs.symlinkSync('/etc/passwd', where)],
    ['pipe', (where: string) => void execFileSync('mkfifo', [where])],
  ] as const) {
    plant({ [`s13-${name}/f`]: 'x', [`s13-${name}/g`]: 'y' });
    const from: Storage = {
      ...storage,
      smallFiles: {
        ...(storage.smallFiles ?? assert.fail()),
        read: (directory, files) => {
          fs.rmSync(path.join(base, `s13-${name}/f`));
          become(path.join(base, `s13-${name}/f`));
          return storage.smallFiles?.read(directory, files) ?? assert.fail();
        },
      },
    };
    const copy = copyTree({ from, fromPath: `/s13-${name}`, to: storage, toPath: `/d13-${name}` });
    await assert.rejects(copy, { code: 'forbidden' });
    assert.deepEqual(listAll(`d13-${name}`), ['./g']);
  }
});

test('a whole file system is synced for many small files, and one by one when that fails', async () => {
  for (let n = 0; n < 100; n++) plant({ [`s14/${n}`]: `content ${n}` });
  for (const fails of [false, true]) {
    let syncs = 0;
    const to = createLocalStorage({
      rootDir: base,
      syncFileSystem: async (directory) => {
        assert.equal(directory, base);
        syncs += 1;
        if (fails) throw new Error('no such program');
      },
    });
    const manifest = await copyTree({ from: storage, fromPath: '/s14', to, toPath: `/d14-${fails}` });
    assert.equal(syncs, 1);
    const check = { manifest, to: storage, toPath: `/d14-${fails}`, checkHashes: true };
    assert.deepEqual(await verifyTree(check), []);
    assert.equal(listAll(`d14-${fails}`).length, 100);
  }
});

test('a copy within one storage is made by the storage, whole and with its mode', async () => {
  plant({ 's15/a': 'x'.repeat(3_000_000) });
  fs.chmodSync(path.join(base, 's15/a'), 0o640);
  let bytes = 0;
  await storage.copyWithin?.('/s15/a', '/d15/deep/b', { onBytes: (count) => (bytes += count) });
  assert.equal(bytes, 3_000_000);
  assert.equal(fs.readFileSync(path.join(base, 'd15/deep/b'), 'utf8'), 'x'.repeat(3_000_000));
  assert.equal(fs.statSync(path.join(base, 'd15/deep/b')).mode & 0o777, 0o640);
  await assert.rejects(storage.copyWithin?.('/s15/none', '/d15/c') ?? assert.fail(), { code: 'not-found' });
});

test('an abort ends a tree copy and leaves no part files', async () => {
  for (let n = 0; n < 50; n++) plant({ [`s9/${n}`]: 'x'.repeat(100_000) });
  const stop = new AbortController();
  const from = disturbed((count) => count === 10 && stop.abort());
  await assert.rejects(copyTree({ from, fromPath: '/s9', to: storage, toPath: '/d9', signal: stop.signal }));
  const arrived = listAll('d9');
  assert.ok(arrived.length < 50);
  assert.ok(arrived.every((name) => !name.includes('.arras-part-')));
});

test('progress is reported at the end with everything done', async () => {
  plant({ 's10/a': 'aa', 's10/b/c': 'ccc' });
  const reports: TransferProgress[] = [];
  await copyTree({
    from: storage,
    fromPath: '/s10',
    to: storage,
    toPath: '/d10',
    onProgress: (progress) => reports.push(progress),
  });
  const [{ averageRate, lastByteAt, ...report } = { averageRate: 0, lastByteAt: null }] = reports;
  assert.equal(reports.length, 1);
  assert.deepEqual(report, {
    totalFiles: 2,
    filesDone: 2,
    activeTransfers: 0,
    totalBytes: 5,
    bytesTransferred: 5,
    bytesKept: 0,
    isStalled: false,
  });
  assert.ok(averageRate > 0 && lastByteAt !== null);
});

test('a sparse file of 1 GiB is copied whole, with less than 64 MiB of memory, reporting as it goes', async () => {
  const size = 1024 ** 3;
  fs.writeFileSync(path.join(base, 'sparse'), '');
  fs.truncateSync(path.join(base, 'sparse'), size);
  const before = process.memoryUsage.rss();
  let peak = before;
  let reports = 0;
  const manifest = await copyTree({
    from: storage,
    fromPath: '/sparse',
    to: storage,
    toPath: '/sparse-copy',
    checksums: true,
    onProgress: () => {
      reports += 1;
      peak = Math.max(peak, process.memoryUsage.rss());
    },
  });
  assert.equal(fs.statSync(path.join(base, 'sparse-copy')).size, size);
  // `head -c 1G /dev/zero | sha256sum`
  assert.equal(manifest[0]?.sha256, '49bc20df15e412a64472421e13fe86ff1c5165e18b2afccf160d4dc19fe68a14');
  assert.ok(reports > 1);
  assert.ok(peak - before < 64 * 1024 ** 2, `grew by ${Math.round((peak - before) / 1024 ** 2)} MiB`);
});
