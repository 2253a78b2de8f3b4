import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { FileEntry } from '../../packages/contract/src/index.ts';
import { forgetOldFiles } from '../../packages/server/src/database/file-transfers.ts';
import {
  addSystems,
  type BedCall,
  type BedUser,
  codeOf,
  type HttpBed,
  openHttpBed,
} from '../support/http-bed.ts';
import { file, form } from '../support/upload-form.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'setGlobalDefault' } });
  for (const user of ['ada', 'bob', 'eve']) await mkdir(join(bed.root, 'home', user), { recursive: true });
});
after(() => bed.close());

const ON_STORE = '/system/store';

const as = (user: BedUser, call: BedCall = {}): BedCall => ({ ...call, as: user });
const stored = (path: string) => readFile(join(bed.root, path), 'utf8');

async function list(path: string, user: BedUser = 'ada'): Promise<readonly FileEntry[]> {
  const answer = await bed.call('GET', `/files/v2/listings${path}`, { as: user });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result;
}

const names = (entries: readonly FileEntry[]) => entries.map(({ name }) => name);

test('a file that was uploaded as the Tapis CLI does is listed, shown and downloaded again', async () => {
  const made = await bed.call('PUT', `/files/v2/media${ON_STORE}//home/ada`, {
    as: 'ada',
    body: { action: 'mkdir', path: 'data/deep' },
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.json.result.name, 'deep');
  const up = await bed.call(
    'POST',
    `/files/v2/media${ON_STORE}//home/ada/data/`,
    as('ada', file('a b.csv', '1,2\n')),
  );
  assert.equal(up.status, 202, up.text);
  assert.equal(up.json.result.path, '/home/ada/data/a b.csv');
  assert.equal(up.json.result.status, 'STAGING_COMPLETED');
  assert.match(up.json.result.uuid, /-002$/);
  const [self, ...entries] = await list(`${ON_STORE}//home/ada/data?limit=100&offset=0`);
  assert.ok(self);
  assert.deepEqual([self.name, self.path, self.type, self.format], ['.', '/home/ada/data', 'dir', 'folder']);
  assert.deepEqual(names(entries), ['a b.csv', 'deep']);
  const [entry] = entries;
  assert.deepEqual(
    { ...entry, lastModified: null, _links: null },
    {
      name: 'a b.csv',
      path: '/home/ada/data/a b.csv',
      lastModified: null,
      length: 4,
      permissions: 'ALL',
      mimeType: 'text/csv',
      format: 'raw',
      type: 'file',
      system: 'store',
      _links: null,
    },
  );
  const link = entry?._links.self.href ?? '';
  assert.equal(link, 'https://api.example.org/files/v2/media/system/store//home/ada/data/a%20b.csv');
  const down = await bed.call('GET', new URL(link).pathname, { as: 'ada' });
  assert.equal(down.text, '1,2\n');
  const history = await bed.call('GET', `/files/v2/history${ON_STORE}//home/ada/data/a%20b.csv`, {
    as: 'ada',
  });
  assert.deepEqual(
    history.json.result.map(({ status }: { status: string }) => status),
    ['CREATED', 'STAGING_COMPLETED'],
  );
});

test('paths begin at homeDir, and with a second slash at rootDir; without a system on the default one', async () => {
  await bed.write('home/ada/where.txt', 'w');
  const addresses = [
    `${ON_STORE}/ada/where.txt`,
    `${ON_STORE}//home/ada/where.txt`,
    `${ON_STORE}/%2Fhome/ada/where.txt`,
    '/ada/where.txt',
    '//home/ada/where.txt',
    `${ON_STORE}/ada//./where.txt`,
  ];
  for (const address of addresses) {
    assert.deepEqual(
      (await list(address)).map(({ path }) => path),
      ['/home/ada/where.txt'],
      address,
    );
    assert.equal((await bed.call('GET', `/files/v2/media${address}`, { as: 'ada' })).text, 'w', address);
  }
  assert.equal((await list(ON_STORE))[0]?.path, '/home');
  assert.equal((await list(`${ON_STORE}//`))[0]?.path, '/');
});

/** As written: test clients tidy addresses up before they send them. */
async function rawStatus(path: string): Promise<number> {
  const { port } = bed.server.server.address() as AddressInfo;
  const request = get({
    port,
    host: '127.0.0.1',
    path,
    headers: { authorization: `Bearer ${bed.tokens.root}` },
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode ?? 0;
}

test('paths that leave the root, or are none, are refused before anything is looked at', async () => {
  await bed.server.listen({ host: '127.0.0.1', port: 0 });
  const paths = [
    '../x',
    'ada/../../x',
    '%2e%2e%2fx',
    '%2e%2e/x',
    'ada/%2e%2e/%2e%2e/x',
    'ada%2f..%2f..%2fx',
    'a%00b',
    '/..',
    '/../etc',
    '..%2f..%2fetc/passwd',
    '..%c0%afetc',
    '%ff',
    'ada/%ed%a0%80',
  ];
  for (const path of paths) {
    for (const service of ['listings', 'media', 'history', 'pems']) {
      const status = await rawStatus(`/files/v2/${service}${ON_STORE}/${path}`);
      assert.ok([400, 404].includes(status), `${service} ${path} ${status}`);
    }
  }
  assert.equal(await rawStatus(`/files/v2/listings${ON_STORE}/./ada/.`), 200);
  assert.equal(await rawStatus(`//files/v2/listings${ON_STORE}//home/ada`), 200);
});

test('links and special files are neither listed, nor read, nor written through', async () => {
  await mkdir(join(bed.root, 'home/ada/odd'), { recursive: true });
  await symlink('/etc', join(bed.root, 'home/ada/odd/etc'));
  await symlink('/etc/hostname', join(bed.root, 'home/ada/odd/name'));
  assert.deepEqual(names(await list(`${ON_STORE}/ada/odd`)), ['.']);
  for (const path of ['ada/odd/name', 'ada/odd/etc/hostname', 'ada/odd/etc']) {
    const answer = await bed.call('GET', `/files/v2/media${ON_STORE}/${path}`, { as: 'ada' });
    assert.ok(answer.status === 403 || answer.status === 404, `${path} ${answer.text}`);
  }
  const through = await bed.call('POST', `/files/v2/media${ON_STORE}/ada/odd/etc`, as('ada', file('x', 'x')));
  assert.ok(through.status >= 400, through.text);
});

test('a range, a condition and a name are answered as of an output of a job', async () => {
  await bed.write('home/ada/range.txt', '0123456789');
  const url = `/files/v2/media${ON_STORE}/ada/range.txt`;
  const part = await bed.call('GET', url, { as: 'ada', headers: { range: 'bytes=2-4' } });
  assert.deepEqual([part.status, part.text, part.headers['content-range']], [206, '234', 'bytes 2-4/10']);
  const past = await bed.call('GET', url, { as: 'ada', headers: { range: 'bytes=10-' } });
  assert.deepEqual([past.status, past.headers['content-range']], [416, 'bytes */10']);
  const head = await bed.call('HEAD', url, { as: 'ada' });
  assert.deepEqual([head.status, head.headers['content-length'], head.text], [200, '10', '']);
  const etag = String(head.headers['etag']);
  const same = await bed.call('GET', url, { as: 'ada', headers: { 'if-none-match': etag } });
  assert.equal(same.status, 304);
  const forced = await bed.call('GET', `${url}?force=true`, { as: 'ada' });
  assert.match(String(forced.headers['content-disposition']), /attachment; filename="range.txt"/);
  assert.equal(head.headers['content-security-policy'], 'sandbox');
});

test('a directory is downloaded as an archive only', async () => {
  await bed.write('home/ada/tree/x/y.txt', 'y');
  const url = `/files/v2/media${ON_STORE}/ada/tree`;
  assert.equal(codeOf(await bed.call('GET', url, { as: 'ada' })), 'file.is-a-directory');
  const zip = await bed.call('GET', `${url}?zip=true`, { as: 'ada' });
  assert.equal(zip.status, 200);
  assert.match(zip.text, /^PK.*x\/y\.txt/s);
});

test('a tree is listed as a whole, in pages that fit together', async () => {
  for (const name of ['a/1', 'a/2', 'b', 'c/d/3']) await bed.write(`home/ada/walk/${name}`, name);
  const url = `${ON_STORE}/ada/walk?recursive=true`;
  const all = await list(url);
  const paths = all.map(({ path }) => path.replace('/home/ada/walk', ''));
  assert.deepEqual(paths, ['', '/a', '/a/1', '/a/2', '/b', '/c', '/c/d', '/c/d/3']);
  assert.deepEqual(names(all).slice(0, 3), ['.', 'a', '1']);
  const pages = await Promise.all([0, 3, 6, 9].map((offset) => list(`${url}&limit=3&offset=${offset}`)));
  assert.deepEqual(
    pages.flat().map(({ path }) => path),
    all.map(({ path }) => path),
  );
  assert.equal((await list(`${ON_STORE}/ada/walk?limit=1`)).length, 1);
});

test('the name of an upload may come before or after the file, and what it replaces stays whole until then', async () => {
  await bed.write('home/ada/up/own.txt', 'old');
  const part = { name: 'fileToUpload', fileName: 'own.txt', content: 'new' };
  const url = `/files/v2/media${ON_STORE}/ada/up`;
  const after = await bed.call(
    'POST',
    url,
    as('ada', form([part, { name: 'fileName', content: 'after.txt' }])),
  );
  assert.equal(after.json.result.path, '/home/ada/up/after.txt', after.text);
  const first = await bed.call(
    'POST',
    url,
    as('ada', form([{ name: 'fileName', content: 'before.txt' }, part])),
  );
  assert.equal(first.json.result.path, '/home/ada/up/before.txt');
  assert.equal(await stored('home/ada/up/own.txt'), 'old');
  assert.equal(await stored('home/ada/up/after.txt'), 'new');
  await bed.call('POST', url, as('ada', form([part])));
  assert.equal(await stored('home/ada/up/own.txt'), 'new');
  assert.deepEqual(names(await list(`${ON_STORE}/ada/up`)), ['.', 'after.txt', 'before.txt', 'own.txt']);
});

test('forms that are none, and files with names that are none, leave nothing behind', async () => {
  const url = `/files/v2/media${ON_STORE}/ada/bad`;
  const good = { name: 'fileToUpload', fileName: 'x', content: 'x' };
  const bad: readonly (readonly [string, BedCall])[] = [
    ['two files', form([good, { ...good, fileName: 'y' }])],
    ['wrong part', form([{ ...good, name: 'file' }])],
    ['no file name', form([{ name: 'fileToUpload', content: 'x' }])],
    ['nothing', form([{ name: 'other', content: 'x' }])],
    ['empty form', form([])],
    ['many fields', form(Array.from({ length: 2_000 }, (_, index) => ({ name: `f${index}`, content: 'x' })))],
    [
      'many parts after',
      form([good, ...Array.from({ length: 60 }, (_, index) => ({ name: `f${index}`, content: 'x' }))]),
    ],
    ['long field', form([{ name: 'fileName', content: 'x'.repeat(20_000) }, good])],
    [
      'broken off',
      {
        ...form([good]),
        body: '--xYzZY\r\nContent-Disposition: form-data; name="fileToUpload"; filename="x"\r\n\r\nab',
      },
    ],
    [
      'wrong boundary',
      { ...form([good]), headers: { 'content-type': 'multipart/form-data; boundary=other' } },
    ],
    ['no boundary', { ...form([good]), headers: { 'content-type': 'multipart/form-data' } }],
    ['no UTF-8', file('a\uFFFDb', 'x')],
    ['a path', form([{ name: 'fileName', content: '../x' }, good])],
    ['dots', form([{ name: 'fileName', content: '..' }, good])],
    ['NUL', form([{ name: 'fileName', content: 'a\0b' }, good])],
    ['reserved', form([{ name: 'fileName', content: '.arras-part-x' }, good])],
    ['reserved after', form([good, { name: 'fileName', content: '.arras' }])],
    ['long name', form([{ name: 'fileName', content: 'x'.repeat(300) }, good])],
  ];
  for (const [what, call] of bad) {
    const answer = await bed.call('POST', url, as('ada', call));
    assert.equal(answer.status, 400, `${what}: ${answer.text}`);
    const listing = await bed.call('GET', `/files/v2/listings${ON_STORE}/ada/bad`, { as: 'ada' });
    if (listing.status !== 404) assert.deepEqual(names(listing.json.result), ['.'], what);
  }
  const odd = await bed.call('POST', url, as('ada', file('C:\\dir\\..\\evil/../../name.txt', 'x')));
  assert.equal(odd.json.result.path, '/home/ada/bad/name.txt');
  const extended = {
    ...form([]),
    body: '--xYzZY\r\nContent-Disposition: form-data; name="fileToUpload"; filename*=UTF-8\'\'%e2%82%ac.txt\r\n\r\nx\r\n--xYzZY--\r\n',
  };
  assert.equal((await bed.call('POST', url, as('ada', extended))).json.result.name, '€.txt');
  const empty = await bed.call('POST', url, as('ada', file('empty', '')));
  assert.deepEqual([empty.status, await stored('home/ada/bad/empty')], [202, '']);
});

test('files are renamed, moved and deleted; directories of the system are not', async () => {
  await bed.write('home/ada/m/a.txt', 'a');
  await bed.write('home/ada/m/b.txt', 'b');
  await bed.write('home/ada/m/d/x', 'x');
  const url = `/files/v2/media${ON_STORE}/ada/m`;
  const put = (path: string, body: object) => bed.call('PUT', `${url}${path}`, { as: 'ada', body });
  const renamed = await put('/a.txt', { action: 'rename', path: 'c.txt' });
  assert.deepEqual([renamed.status, renamed.json.result.path], [200, '/home/ada/m/c.txt'], renamed.text);
  assert.equal(
    (await put('/c.txt', { action: 'move', path: 'ada/m/d' })).json.result.path,
    '/home/ada/m/d/c.txt',
  );
  assert.equal((await put('/d/c.txt', { action: 'move', path: '/home/ada/m/b.txt' })).status, 200);
  assert.equal(await stored('home/ada/m/b.txt'), 'a');
  assert.equal((await put('/d', { action: 'move', path: 'ada/m/e' })).status, 200);
  assert.deepEqual(names(await list(`${ON_STORE}/ada/m`)), ['.', 'b.txt', 'e']);
  assert.equal((await put('/e', { action: 'move', path: 'ada/m/e/f/g' })).status, 400);
  assert.equal(codeOf(await put('/e', { action: 'move', path: 'ada/m/b.txt' })), 'file.exists');
  assert.equal(codeOf(await put('/nothing', { action: 'rename', path: 'y' })), 'file.not-found');
  const unknown = await put('/b.txt', { action: 'explode', path: 'y' });
  assert.deepEqual([unknown.status, codeOf(unknown)], [501, 'file.action-unknown']);
  assert.equal((await put('/b.txt', { action: 'rename' })).status, 400);
  assert.equal((await put('', { action: 'mkdir', path: '../../x' })).status, 400);
  assert.equal((await put('', { action: 'mkdir', path: 'b.txt' })).status, 409);
  assert.equal((await put('', { action: 'mkdir', path: 'e' })).status, 200);
  const form = await bed.call('PUT', url, {
    as: 'ada',
    body: 'action=mkdir&path=by%20form',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(form.json.result.path, '/home/ada/m/by form', form.text);
  const gone = await bed.call('DELETE', `${url}/e`, { as: 'ada', headers: { 'content-length': '0' } });
  assert.deepEqual([gone.status, 'result' in gone.json], [200, false]);
  assert.equal((await bed.call('DELETE', `${url}/e`, { as: 'ada' })).status, 404);
  for (const path of ['//', '//home', '']) {
    const refused = await bed.call('DELETE', `/files/v2/media${ON_STORE}${path}`);
    assert.deepEqual([refused.status, codeOf(refused)], [403, 'file.not-permitted'], path);
  }
  const moved = await bed.call('PUT', `/files/v2/media${ON_STORE}//home`, {
    body: { action: 'rename', path: 'x' },
  });
  assert.equal(moved.status, 403);
  const history = await bed.call('GET', `/files/v2/history${ON_STORE}/ada/m/a.txt`, { as: 'ada' });
  assert.deepEqual(history.json.result, []);
});

test('a form with a file is taken only where the file is content or a description', async () => {
  for (const [method, url] of [
    ['PUT', `/files/v2/media${ON_STORE}/ada`],
    ['POST', `/files/v2/pems${ON_STORE}/ada`],
    ['POST', '/tokens/v2'],
  ] as const) {
    const answer = await bed.call(method, url, as('ada', file('x', 'x')));
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'request.unsupported-media-type'], url);
  }
});

test('addresses that can never be fetched are refused at once', async () => {
  const url = `/files/v2/media${ON_STORE}/ada`;
  const bad = [
    '',
    'file:///etc/passwd',
    'gopher://x/y',
    'relative/path',
    '//host/x',
    's3://b/k',
    'http://user:pw@example.org/x',
    'agave://',
    'agave://store/../x',
    'javascript:alert(1)',
    'agave://store/ada/missing.txt',
  ];
  for (const urlToIngest of bad) {
    const answer = await bed.call('POST', url, { as: 'ada', body: { urlToIngest } });
    assert.equal(answer.status, 400, `${urlToIngest} ${answer.text}`);
  }
  assert.equal(
    (await bed.call('POST', url, { as: 'ada', body: { urlToIngest: 'agave://nowhere/x' } })).status,
    403,
  );
  assert.equal(
    (
      await bed.call('POST', url, {
        as: 'ada',
        body: { urlToIngest: 'agave://store/bob/private/secret.txt' },
      })
    ).status,
    403,
  );
  assert.equal(
    (await bed.call('POST', url, { as: 'ada', body: 'x', headers: { 'content-type': 'text/csv' } })).status,
    400,
  );
  assert.equal((await bed.call('POST', url, { as: 'ada' })).status, 400);
});

test('an import tells those that it names, from its first event on', async () => {
  await bed.write('home/ada/src.txt', 's');
  const answer = await bed.call('POST', `/files/v2/media${ON_STORE}/ada/told`, {
    as: 'ada',
    body: {
      urlToIngest: 'agave://store/ada/src.txt',
      callbackUrl: 'https://example.org/${EVENT}?at=${PATH}',
    },
  });
  assert.equal(answer.status, 202, answer.text);
  const { uuid } = answer.json.result;
  const listed = await bed.call('GET', `/notifications/v2?associatedUuid=${uuid}`, { as: 'ada' });
  const events = listed.json.result.map(({ event }: { event: string }) => event);
  assert.deepEqual(events.toSorted(), ['STAGING_COMPLETED', 'STAGING_FAILED']);
  const refused = await bed.call('POST', `/files/v2/media${ON_STORE}/ada/told`, {
    as: 'ada',
    body: {
      urlToIngest: 'agave://store/ada/src.txt',
      notifications: [{ event: '*', url: 'https://example.org/${JOB_ID}' }],
    },
  });
  assert.deepEqual([refused.status, codeOf(refused)], [400, 'request.invalid']);
});

test('the history of a path is forgotten a year after the last that happened to it', async () => {
  const url = `${ON_STORE}/ada/old/f.txt`;
  for (const name of ['f.txt', 'g.txt'])
    await bed.call('POST', `/files/v2/media${ON_STORE}/ada/old`, as('ada', file(name, 'x')));
  const { db } = bed;
  await db
    .updateTable('files')
    .set({ last_modified: new Date(Date.now() - 366 * 86_400_000) })
    .where('path', '=', '/home/ada/old/f.txt')
    .execute();
  assert.equal(await forgetOldFiles(db, 365), false);
  assert.deepEqual((await bed.call('GET', `/files/v2/history${url}`, { as: 'ada' })).json.result, []);
  const kept = await bed.call('GET', `/files/v2/history${ON_STORE}/ada/old/g.txt`, { as: 'ada' });
  assert.equal(kept.json.result.length, 2);
});
