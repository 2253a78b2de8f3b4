import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { jobStatus } from '../support/api.ts';
import { type CliBed, startCliBed } from '../support/cli-bed.ts';
import { eventually } from '../support/eventually.ts';
import { type FakeAnswer, type SeenRequest, startFakeService, success } from '../support/fake-service.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { openScreen } from '../support/terminal-screen.ts';

const MIB = 1_048_576;

let bed: CliBed;
let id: string;
/** The directory of the job. */
let place: string;
before(async () => {
  bed = await startCliBed();
  id = await bed.submit('greet-1.0', 'parameters.name=ada');
  await bed.run(['jobs', 'wait', id]);
  const scratch = join(bed.directory, 'systems/scratch');
  const paths = await readdir(scratch, { recursive: true });
  place = join(scratch, paths.find((path) => path.includes(id)) ?? '');
});
after(() => bed[Symbol.asyncDispose]());

/** An empty directory to download into. */
let made = 0;
const emptyDirectory = () => join(bed.directory, `download-${made++}`);

async function put(path: string, content: Uint8Array | string): Promise<Buffer> {
  const target = join(place, path);
  await mkdir(join(target, '..'), { recursive: true });
  await writeFile(target, content);
  return Buffer.from(content);
}

const outputs = (...args: readonly string[]) => bed.run(['jobs', 'outputs', ...args]);

/** A proxy before the service that counts what comes from it, and breaks each connection after so many bytes. */
async function startCutter(cutAfter: number): Promise<TcpProxy & { readonly bytes: () => number }> {
  const port = Number(new URL(bed.url).port);
  let bytes = 0;
  const proxy = await startTcpProxy({
    connect: () => createConnection(port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      let passed = 0;
      client.on('data', (chunk) => backend.write(chunk));
      backend.on('data', (chunk) => {
        bytes += chunk.length;
        passed += chunk.length;
        if (!client.write(chunk)) {
          backend.pause();
          client.once('drain', () => backend.resume());
        }
        if (passed >= cutAfter) client.end();
      });
    },
  });
  return Object.assign(proxy, { bytes: () => bytes });
}

test('patterns choose, two stars go into directories, and a directory comes with all it holds', async () => {
  await put('chosen/a.bam', 'a');
  await put('chosen/b.txt', 'b');
  await put('chosen/deep/c.bam', 'c');
  const download = async (...paths: readonly string[]) => {
    const target = emptyDirectory();
    const { code, stdout, stderr } = await outputs('download', id, ...paths, '-o', target);
    assert.equal(code, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(target.length + 1))
      .sort();
  };
  assert.deepEqual(await download('chosen/*.bam'), ['a.bam']);
  assert.deepEqual(await download('chosen/**/*.bam'), ['a.bam', 'deep/c.bam']);
  assert.deepEqual(await download('chosen/d*'), ['deep/c.bam']);
  assert.deepEqual(await download('chosen/b.txt', 'chosen'), ['b.txt', 'chosen/a.bam', 'chosen/deep/c.bam']);
  assert.deepEqual(await download('chosen/b.txt', '/chosen//deep/'), ['b.txt', 'deep/c.bam']);
  const list = JSON.parse((await outputs('list', id, 'chosen', '-r', '--json', 'path')).stdout);
  assert.deepEqual(
    list.map(({ path }: { path: string }) => path),
    ['/chosen/a.bam', '/chosen/b.txt', '/chosen/deep', '/chosen/deep/c.bam'],
  );
});

test('cat prints bytes, du what directories hold', async () => {
  const bytes = await put('measured/odd', Buffer.from('\xff\0 no line feed', 'latin1'));
  await put('measured/sub/x', 'x'.repeat(2_000));
  const cat = await bed.start(['jobs', 'outputs', 'cat', id, 'measured/odd', 'measured/sub/*'], {
    binary: true,
  }).finished;
  assert.equal(cat.stdout, bytes.toString('latin1') + 'x'.repeat(2_000));
  const du = JSON.parse((await outputs('du', id, 'measured', '--json')).stdout);
  assert.deepEqual(du, [
    { path: '/measured/sub', files: 1, length: 2_000 },
    { path: '/measured', files: 2, length: 2_015 },
  ]);
  assert.match(
    (await outputs('du', id, 'measured')).stdout,
    /^size +files +path\n2 kB +1 +\/measured\/sub\n/,
  );
});

test('each file is a line of JSON, and what is here already is not fetched again', async () => {
  await put('lines/a', 'hello\n');
  const target = emptyDirectory();
  const run = async () => {
    const { stdout } = await outputs('download', id, 'lines', '-o', target, '--json', '--checksum');
    return stdout;
  };
  const sha256 = createHash('sha256').update('hello\n').digest('hex');
  const line = (status: string) =>
    `${JSON.stringify({ path: '/lines/a', target: join(target, 'lines/a'), length: 6, status, sha256 })}\n`;
  assert.equal(await run(), line('downloaded'));
  assert.equal(await run(), line('unchanged'));
});

test('a file here that differs is replaced only with --force, and before that nothing is fetched', async () => {
  await put('kept/a', 'theirs');
  await put('kept/b', 'more');
  const target = emptyDirectory();
  await mkdir(target);
  await writeFile(join(target, 'a'), 'mine');
  const refused = await outputs('download', id, 'kept/*', '-o', target);
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /a is already here, with other content\.\n.*\n {2}try: Add --force/);
  assert.deepEqual(await readdir(target), ['a']);
  assert.equal((await outputs('download', id, 'kept/*', '-o', target, '--force')).code, 0);
  assert.equal(await readFile(join(target, 'a'), 'utf8'), 'theirs');
});

test('a download whose connections break again and again goes on where it was, without reading twice', async () => {
  const content = await put('cut/big', randomBytes(24 * MIB));
  await using cutter = await startCutter(5 * MIB);
  const target = emptyDirectory();
  const url = `http://127.0.0.1:${cutter.port}`;
  const args = ['jobs', 'outputs', 'download', id, 'cut/big', '-o', target, '--checksum'];
  const { code, stdout, stderr } = await bed.run(args, { url });
  assert.equal(code, 0, stderr);
  const sha256 = createHash('sha256').update(content).digest('hex');
  assert.equal(stdout, `${sha256}  ${join(target, 'big')}\n`);
  assert.ok(content.equals(await readFile(join(target, 'big'))));
  // What was on its way when a connection broke is lost, and no more.
  assert.ok(cutter.bytes() < 30 * MIB, `${cutter.bytes()} bytes for 24 MiB`);
  assert.deepEqual(await readdir(target), ['big']);
});

test('a download that was killed is resumed by the next, and anew when the file has changed', async () => {
  const content = await put('killed/big', randomBytes(24 * MIB));
  const target = emptyDirectory();
  const args = ['jobs', 'outputs', 'download', id, 'killed/big', '-o', target, '--json'];
  const kill = async () => {
    await using slow = await startSlowProxy();
    const running = bed.start(args, { url: `http://127.0.0.1:${slow.port}` });
    await eventually('half of it is here', async () => (await partSize(target)) > 12 * MIB, {
      timeoutMs: 60_000,
    });
    running.child.kill('SIGKILL');
    await running.finished;
  };
  await kill();
  await using counter = await startCutter(Number.POSITIVE_INFINITY);
  const resumed = await bed.run(args, { url: `http://127.0.0.1:${counter.port}` });
  assert.equal(JSON.parse(resumed.stdout).status, 'resumed', resumed.stderr);
  assert.ok(counter.bytes() < 13 * MIB, `${counter.bytes()} bytes for the other half`);
  assert.ok(content.equals(await readFile(join(target, 'big'))));

  const before = await put('killed/big', randomBytes(24 * MIB));
  const forced = [...args, '--force'];
  args.splice(0, args.length, ...forced);
  await kill();
  const changed = await put('killed/big', randomBytes(24 * MIB));
  assert.ok(!before.equals(changed));
  assert.equal(JSON.parse((await bed.run(args)).stdout).status, 'downloaded');
  assert.ok(changed.equals(await readFile(join(target, 'big'))));
  assert.deepEqual(await readdir(target), ['big'], 'no part is left');
});

async function partSize(directory: string): Promise<number> {
  const names = await readdir(directory).catch(() => []);
  const part = names.find((name) => name.endsWith('.part'));
  return part === undefined ? 0 : (await stat(join(directory, part))).size;
}

/** A proxy that lets so many bytes through in a millisecond. */
function startSlowProxy(bytesPerMs = 8_000): Promise<TcpProxy> {
  const port = Number(new URL(bed.url).port);
  return startTcpProxy({
    connect: () => createConnection(port, '127.0.0.1'),
    wire: ({ client, backend }) => {
      client.on('data', (chunk) => backend.write(chunk));
      backend.on('data', (chunk) => {
        client.write(chunk);
        backend.pause();
        setTimeout(() => backend.resume(), chunk.length / bytesPerMs);
      });
    },
  });
}

test('a file that changes while it is read comes as one of its versions', async () => {
  const first = await put('changing/big', randomBytes(16 * MIB));
  await using slow = await startSlowProxy();
  const target = emptyDirectory();
  const args = ['jobs', 'outputs', 'download', id, 'changing/big', '-o', target];
  const running = bed.start(args, { url: `http://127.0.0.1:${slow.port}` });
  await eventually('some of it is here', async () => (await partSize(target)) > 2 * MIB, {
    timeoutMs: 60_000,
  });
  // Another file of the name: the one that is open stays as it is.
  const second = randomBytes(16 * MIB);
  await put('changing/other', second);
  await rename(join(place, 'changing/other'), join(place, 'changing/big'));
  slow.reset();
  const { code, stderr } = await running.finished;
  assert.equal(code, 0, stderr);
  const got = await readFile(join(target, 'big'));
  assert.ok(got.equals(second) || got.equals(first));
});

test('a thousand files are fetched in parallel, each whole', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `f${String(index).padStart(4, '0')}`);
  for (const name of names) await put(`thousand/${name}`, `content of ${name}`);
  const target = emptyDirectory();
  const { code, stdout, stderr } = await outputs(
    'download',
    id,
    'thousand',
    '-o',
    target,
    '--parallel',
    '16',
  );
  assert.equal(code, 0, stderr);
  assert.equal(stdout.trim().split('\n').length, 1_000);
  assert.match(stderr, /^1000 files, 16\d* .*\n$|^1000 files, .* kB in /m);
  assert.deepEqual((await readdir(join(target, 'thousand'))).sort(), names);
  for (const name of names.slice(0, 50))
    assert.equal(await readFile(join(target, 'thousand', name), 'utf8'), `content of ${name}`);
});

test('a directory comes as an archive with --zip', async () => {
  await put('packed/a.txt', 'packed');
  const target = emptyDirectory();
  const { code, stdout } = await outputs('download', id, 'packed', '--zip', '-o', target);
  assert.deepEqual([code, stdout], [0, `${join(target, 'packed.zip')}\n`]);
  const bytes = await readFile(join(target, 'packed.zip'));
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  assert.equal((await outputs('download', id, 'packed', '--zip', '-o', target)).code, 2);
  assert.equal((await outputs('download', id, 'packed', '--zip', '--force', '-o', target)).code, 0);
  assert.equal((await outputs('download', id, 'pack*', '--zip', '-o', target)).code, 2);
});

/** Names with which a service tries to write elsewhere, and one that is right. */
const HOSTILE = [
  '/good',
  '/../escaped',
  '/sub/../../escaped',
  '//escaped',
  '/a\0b',
  '/bell\x07\x1b[2J',
  '/line\nfeed',
  '/turned\u202egpj.exe',
  `/${'x'.repeat(300)}`,
  '/x.0123456789abcdef.part',
  '/dir',
  '/dir/inside',
];

function answerHostile({ url }: SeenRequest): FakeAnswer {
  const path = decodeURIComponent(new URL(`http://x${url}`).pathname);
  if (path.includes('/media/')) return { headers: { 'content-type': 'text/plain' }, body: 'evil' };
  return success(
    HOSTILE.map((each) => ({
      name: each.split('/').at(-1),
      path: each,
      // What is said to be a file has another below it.
      type: 'file',
      length: 4,
      lastModified: '2026-03-04T10:15:30.000+00:00',
    })),
  );
}

test('whatever names a service sends, nothing is written outside the directory that was chosen', async () => {
  await using service = await startFakeService(answerHostile);
  const target = join(emptyDirectory(), 'chosen');
  const args = ['jobs', 'outputs', 'download', id, '-o', target];
  const { code, stdout, stderr } = await bed.run(args, { url: service.url });
  assert.equal(code, 1);
  // oxlint-disable-next-line eslint/no-control-regex
  assert.doesNotMatch(stdout + stderr, /[\x00-\x09\x0b-\x1f\u202e]/);
  assert.deepEqual(await readdir(join(target, '..')), ['chosen']);
  assert.deepEqual(await readdir(target), [id]);
  const written = await readdir(join(target, id), { recursive: true });
  assert.ok(written.includes('good'));
  assert.deepEqual(
    written.filter((name) => !['good', 'dir', 'dir/inside'].includes(name)),
    [],
  );
  assert.match(stderr, /escaped is left out: it would lead out of the directory that was chosen\n/);
  assert.match(stderr, /feed is left out: its name has control characters\n/);
});

test('a link below the directory is not followed, neither as a directory nor as a file', async () => {
  await put('linked/sub/a', 'theirs');
  await put('linked/b', 'theirs');
  const target = emptyDirectory();
  const outside = emptyDirectory();
  await mkdir(join(target, 'linked'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'b'), 'mine');
  await symlink(outside, join(target, 'linked/sub'));
  await symlink(join(outside, 'b'), join(target, 'linked/b'));
  const { code, stderr } = await outputs('download', id, 'linked', '-o', target, '--force');
  assert.equal(code, 1);
  assert.match(stderr, /linked\/sub is no directory/);
  assert.deepEqual(await readdir(outside), ['b']);
  assert.equal(await readFile(join(outside, 'b'), 'utf8'), 'mine');
  assert.equal(await readFile(join(target, 'linked/b'), 'utf8'), 'theirs');
});

test('a file that is not what the service announced is refused', async () => {
  const announce = (sha256: string) => (request: SeenRequest) => {
    if (!request.url.includes('/media/')) return success([fakeEntry]);
    const digest = Buffer.from(sha256, 'hex').toString('base64');
    return { headers: { 'repr-digest': `sha-256=:${digest}:`, etag: '"1"' }, body: 'text' };
  };
  const run = async (sha256: string) => {
    await using service = await startFakeService(announce(sha256));
    const target = emptyDirectory();
    const args = ['jobs', 'outputs', 'download', id, 'a', '-o', target];
    return { ...(await bed.run(args, { url: service.url })), names: await readdir(target) };
  };
  const right = createHash('sha256').update('text').digest('hex');
  assert.deepEqual((await run(right)).names, ['a']);
  const wrong = await run('0'.repeat(64));
  assert.deepEqual([wrong.code, wrong.names], [1, []]);
  assert.match(wrong.stderr, /Its SHA-256 should be 0{64}, and is /);
});

const fakeEntry = {
  name: 'a',
  path: '/a',
  type: 'file',
  length: 4,
  lastModified: '2026-03-04T10:15:30.000+00:00',
};

test('exit codes: 2 for bad options, 4 for others, 6 for what is not there, 7 for no service', async () => {
  const target = emptyDirectory();
  for (const args of [
    ['--parallel', '0'],
    ['--parallel', '65'],
    ['--patience', 'soon'],
    ['-o', '-'],
  ])
    assert.equal((await outputs('download', id, ...args)).code, 2, args.join(' '));
  for (const args of [
    ['list', id, 'none'],
    ['list', id, 'none*'],
    ['download', id, 'none', '-o', target],
    ['download', id, '**/*.none', '-o', target],
    ['cat', id, 'none'],
    ['du', id, 'none'],
    ['download', '000000000000000000-00000000-0000-007', '-o', target],
  ])
    assert.equal((await outputs(...args)).code, 6, args.join(' '));
  assert.equal((await bed.run(['jobs', 'outputs', 'list', id], { token: 'wrong' })).code, 4);
  const away = { url: 'http://127.0.0.1:9' };
  assert.equal((await bed.run(['jobs', 'outputs', 'download', id, '-o', target], away)).code, 7);
});

test('Ctrl-C leaves a part that the same command goes on with', async () => {
  await put('left/big', randomBytes(24 * MIB));
  await using slow = await startSlowProxy();
  const target = emptyDirectory();
  const args = ['jobs', 'outputs', 'download', id, 'left/big', '-o', target, '--json'];
  const running = bed.start(args, { url: `http://127.0.0.1:${slow.port}` });
  await eventually('some of it is here', async () => (await partSize(target)) > MIB, { timeoutMs: 60_000 });
  running.child.kill('SIGINT');
  const { code, stderr } = await running.finished;
  assert.equal(code, 130);
  assert.match(stderr, /the same command goes on where it stopped/);
  assert.ok((await partSize(target)) > MIB);
  assert.equal(JSON.parse((await bed.run(args)).stdout).status, 'resumed');
});

test('on a terminal every file on its way has a bar, and all together one', async () => {
  for (const name of ['one', 'two', 'three']) await put(`shown/${name}.bam`, randomBytes(8 * MIB));
  await using slow = await startSlowProxy(1_000);
  const target = emptyDirectory();
  const args = ['jobs', 'outputs', 'download', id, 'shown/*', '-o', target];
  await using screen = await openScreen(args, { url: `http://127.0.0.1:${slow.port}`, columns: 90 });
  const shown = await eventually(
    'bars with a rate and the time that is left',
    async () => {
      const text = await screen.read();
      return /MB\/s.*0 of 3 files, \d+s left/.test(text) ? text : null;
    },
    { timeoutMs: 60_000 },
  );
  assert.match(shown, /█+░* +\d+ % +[\d.]+ [kM]B of 8\.4 MB .*one\.bam/);
  assert.match(shown, /two\.bam/);
  assert.match(shown, /[\d.]+ MB of 25\.2 MB/);
  const { code, text } = await screen.finished();
  assert.equal(code, 0, text);
  // The bars are gone: below what was painted over there are the files and the sum.
  assert.match(text, /(?:\S+\/(?:one|two|three)\.bam\n){3}3 files, 25\.2 MB in .*\n$/);
});

test('outputs of a job that runs can be fetched, and once more when they have grown', async () => {
  const running = await bed.submit('write-1.0');
  await jobStatus(bed.api, running, 'RUNNING');
  const name = `test-job-${running}.out`;
  const size = async () => {
    const found = await outputs('list', running, name, '--jq', '.[0].length');
    return Number(found.stdout);
  };
  await eventually('it has written', async () => (await size()) > 0, { timeoutMs: 30_000 });
  const target = emptyDirectory();
  assert.equal((await outputs('download', running, name, '-o', target)).code, 0);
  await bed.run(['jobs', 'wait', running]);
  assert.equal((await outputs('download', running, name, '-o', target)).code, 2);
  assert.equal((await outputs('download', running, name, '-o', target, '--force')).code, 0);
  assert.equal((await stat(join(target, name))).size, await size());
});

test('the time of a file is kept, so that the next download knows it', async () => {
  await put('timed/a', 'x');
  const time = new Date('2020-02-02T02:02:02.345Z');
  await utimes(join(place, 'timed/a'), time, time);
  const target = emptyDirectory();
  await outputs('download', id, 'timed/a', '-o', target);
  assert.equal((await stat(join(target, 'a'))).mtime.toISOString(), time.toISOString());
});
