import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { postitSchema } from '../../packages/contract/src/index.ts';
import { addSystems, type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

const FILE = 'https://api.example.org/files/v2/media/system/store/data/a.txt';
const TEXT = 'the first line\nthe second line\n';

let bed: HttpBed;
let url = '';
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await bed.write('home/data/a.txt', TEXT);
  await bed.write('home/data/large.bin', 'x'.repeat(8 * 1024 * 1024));
  await bed.server.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(bed.server.server.address() as AddressInfo).port}`;
});
after(() => bed.close());

const make = async (body: object, as: BedUser = 'ada') => {
  const made = await bed.call('POST', '/postits/v2/', { as, body });
  assert.equal(made.status, 201, made.text);
  return made.json.result;
};

const read = (postit: string, more: { query?: string; headers?: Record<string, string> } = {}) =>
  bed.call('GET', `/postits/v2/${postit}${more.query ?? ''}`, { as: null, headers: more.headers ?? {} });

test('a postit is made as existing clients ask for it, is listed, answers without a token, and is deleted', async () => {
  const made = await make({ url: FILE, lifetime: '3600', maxUses: '3', method: 'get' });
  assert.deepEqual(postitSchema.parse(made), made);
  assert.match(made.postit, /^[0-9a-f]{32}$/);
  assert.deepEqual(
    [made.creator, made.remainingUses, made.authenticated, made.method],
    ['ada', 3, true, 'GET'],
  );
  assert.equal(Date.parse(made.expires) - Date.parse(made.created), 3_600_000);
  const first = await read(made.postit);
  assert.equal(first.status, 200, first.text);
  assert.equal(first.text, TEXT);
  assert.match(String(first.headers['content-type']), /^text\/plain/);
  const listed = await bed.call('GET', '/postits/v2', { as: 'ada' });
  assert.deepEqual(
    listed.json.result.map(({ postit, remainingUses }: typeof made) => [postit, remainingUses]),
    [[made.postit, 2]],
  );
  assert.deepEqual((await bed.call('GET', '/postits/v2', { as: 'bob' })).json.result, []);
  assert.equal(
    codeOf(await bed.call('DELETE', `/postits/v2/${made.postit}`, { as: 'bob' })),
    'postit.not-found',
  );
  const deleted = await bed.call('DELETE', `/postits/v2/${made.postit}`, { as: 'ada' });
  assert.deepEqual([deleted.status, deleted.json.status], [200, 'success']);
  assert.equal(codeOf(await read(made.postit)), 'postit.not-found');
});

test('however many come at once, a postit answers as often as it may and no more', async () => {
  const { postit } = await make({ url: FILE, maxUses: 7 });
  const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(`${url}/postits/v2/${postit}`)));
  const statuses = answers.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 7);
  assert.equal(statuses.filter((status) => status === 404).length, 23);
  const one = await make({ url: FILE });
  const [first, second] = [await read(one.postit), await read(one.postit)];
  assert.deepEqual([first.status, second.status], [200, 404]);
  const unlimited = await make({ url: FILE, maxUses: 1, unlimited: 'true' });
  assert.equal(unlimited.remainingUses, null);
  for (let use = 0; use < 3; use++) assert.equal((await read(unlimited.postit)).status, 200);
});

test('a postit that has expired, or is not one, is refused like one that never was', async () => {
  const { postit } = await make({ url: FILE, maxUses: 5 });
  await bed.database.pool.query(
    `update postits set expires_at = now() - interval '1 second' where creator = 'ada'`,
  );
  const expected = await read('0'.repeat(32));
  for (const each of [postit, postit.slice(1), postit.toUpperCase(), `${postit}0`, `${postit}%00`, '%27'])
    assert.deepEqual([(await read(each)).status, codeOf(await read(each))], [404, codeOf(expected)], each);
});

test('parts of a large file are asked for with Range, and the whole is streamed', async () => {
  const { postit } = await make({ url: FILE.replace('a.txt', 'large.bin'), maxUses: 3 });
  const part = await fetch(`${url}/postits/v2/${postit}`, { headers: { range: 'bytes=10-19' } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get('content-range'), `bytes 10-19/${8 * 1024 * 1024}`);
  assert.equal(await part.text(), 'x'.repeat(10));
  const whole = await fetch(`${url}/postits/v2/${postit}`);
  assert.equal(whole.headers.get('content-length'), String(8 * 1024 * 1024));
  assert.equal((await whole.arrayBuffer()).byteLength, 8 * 1024 * 1024);
  assert.equal((await read(postit, { headers: { range: 'bytes=99999999-' } })).status, 416);
  assert.equal((await read(postit)).status, 404);
});

test('a file is sent as an attachment when its postit or its reader asks for that', async () => {
  const forced = await make({ url: FILE, force: true, maxUses: 2 });
  assert.match(String((await read(forced.postit)).headers['content-disposition']), /attachment.*a\.txt/);
  const plain = await make({ url: FILE, maxUses: 2 });
  assert.equal((await read(plain.postit)).headers['content-disposition'], undefined);
  const asked = await read(plain.postit, { query: '?force=true' });
  assert.match(String(asked.headers['content-disposition']), /attachment/);
});

test('every kind of address of ours will do, also without the slash after the host, and answers as it does', async () => {
  for (const [address, expected] of [
    ['https://api.example.orgfiles/v2/media/system/store/data/a.txt', TEXT],
    ['HTTPS://API.example.org//files/v2/media/system/store//home/data/a.txt', TEXT],
    ['/files/v2/listings/system/store/data?limit=1&naked=true&filter=name', '[{"name":"."}]'],
    ['https://api.example.org/systems/v2/store?naked=true&filter=id', '{"id":"store"}'],
    ['https://api.example.org/profiles/v2/me?naked=true&filter=username', '{"username":"ada"}'],
    ['https://api.example.org/jobs/v2/?limit=1&naked=true', '[]'],
  ] as const) {
    const { postit } = await make({ url: address });
    const answer = await read(postit);
    assert.equal(answer.status, 200, `${address} ${answer.text}`);
    assert.equal(answer.text, expected);
  }
  const { postit } = await make({ url: 'https://api.example.org/jobs/v2' });
  const listed = await read(postit, { query: '?pretty=true' });
  assert.deepEqual(listed.json.result, []);
  const missing = await make({ url: `${FILE}.none` });
  assert.equal(codeOf(await read(missing.postit)), 'file.not-found');
});

test('what is no address of ours, or must not be given away, is refused', async () => {
  for (const address of [
    'https://evil.example.org/files/v2/media/system/store/data/a.txt',
    'https://api.example.org.evil.com/files/v2/media/system/store/a',
    'https://api.example.org@evil.com/files/v2/media/system/store/a',
    'https://api.example.org:8443/files/v2/media/system/store/a',
    'file:///etc/passwd',
    'https://api.example.org/token',
    'https://api.example.org/tokens/v2',
    'https://api.example.org/clients/v2',
    'https://api.example.org/sessions/v2/current',
    'https://api.example.org/postits/v2',
    'https://api.example.org/%70ostits/v2',
    'https://api.example.org/postits/v2/00000000000000000000000000000000',
    'https://api.example.org/jobs/v2/events',
    'https://api.example.org/metrics',
    'https://api.example.org/jobs/v2?wait=60',
    `${FILE}?x=1&follow=true`,
    'https://api.example.org/',
    'https://api.example.org/files/v2/../../token',
    `${FILE}#part`,
    '',
  ]) {
    const answer = await bed.call('POST', '/postits/v2', { as: 'ada', body: { url: address } });
    assert.equal(answer.status, 400, `${address} ${answer.text}`);
    assert.equal(answer.json.errors[0].field, 'url');
  }
  for (const [body, field] of [
    [{ method: 'POST' }, 'method'],
    [{ lifetime: 0 }, 'lifetime'],
    [{ lifetime: 'x' }, 'lifetime'],
    [{ maxUses: -1 }, 'maxUses'],
  ] as const) {
    const answer = await bed.call('POST', '/postits/v2', { as: 'ada', body: { url: FILE, ...body } });
    assert.deepEqual([answer.status, answer.json.errors?.[0]?.field], [400, field], answer.text);
  }
});

test('a postit has the rights that its creator has when it is used', async () => {
  const nobody = await make({ url: FILE, noauth: true });
  assert.equal(codeOf(await read(nobody.postit)), 'auth.missing');
  await bed.write('home/bob/own.txt', 'of bob');
  const private_ = FILE.replace('data/a.txt', 'bob/own.txt');
  assert.equal(codeOf(await read((await make({ url: private_ }, 'eve')).postit)), 'file.not-permitted');
  const { postit } = await make({ url: private_, maxUses: 9 }, 'bob');
  assert.equal((await read(postit)).text, 'of bob');
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'unpublish' } });
  assert.equal(codeOf(await read(postit)), 'system.not-found');
  await bed.call('PUT', '/systems/v2/store', { body: { action: 'publish' } });
  assert.equal((await read(postit)).text, 'of bob');
  await bed.call('DELETE', '/profiles/v2/bob');
  assert.equal(codeOf(await read(postit)), 'postit.not-found');
  await bed.call('POST', '/profiles/v2/bob', { body: { status: 'ACTIVE' } });
  assert.equal(codeOf(await read(postit)), 'postit.not-found');
});

test('a token can only make postits for what it may be used for itself', async () => {
  const token = await bed.call('POST', '/tokens/v2', {
    as: 'ada',
    body: { name: 'limited', scopes: ['postits:write', 'jobs:read'] },
  });
  assert.equal(token.status, 201, token.text);
  const ask = (address: string) =>
    bed.call('POST', '/postits/v2', { token: token.json.result.token, body: { url: address } });
  assert.equal((await ask('/jobs/v2')).status, 201);
  assert.equal(codeOf(await ask(FILE)), 'access.scope-missing');
});

test('a limited token makes no postit that reads what it may not by way of uuids', async () => {
  const { uuid } = (await bed.call('GET', '/systems/v2/store', { as: 'ada' })).json.result;
  const body = { name: 'limited', scopes: ['postits:write', 'uuids:read'] };
  const { token } = (await bed.call('POST', '/tokens/v2', { as: 'ada', body })).json.result;
  const ask = (address: string) =>
    bed.call('POST', '/postits/v2', { token, body: { url: address, maxUses: 2 } });
  const plain = await ask(`/uuids/v2/${uuid}`);
  assert.equal((await read(plain.json.result.postit)).json.result.resource, undefined);
  for (const query of ['expand=true', 'expand=', '%65xpand=true', 'x=1&expand=1', 'x=1?&expand=true']) {
    for (const address of [`/uuids/v2/${uuid}`, `/uuid/v2?uuids=${uuid}&y=1`])
      assert.equal((await ask(`${address}?${query}`.replace('&y=1?', '&'))).status, 400, query);
  }
  const whole = await make({ url: `/uuids/v2/${uuid}?expand=true` });
  assert.equal((await read(whole.postit)).json.result.resource.id, 'store');
});

test('the database does not hold postits that work, and the log does not show them', async () => {
  const { postit } = await make({ url: FILE });
  const { rows } = await bed.database.pool.query<{ row: string }>('select p::text as row from postits p');
  assert.ok(rows.length > 0);
  for (const { row } of rows) assert.ok(!row.includes(postit));
  await read(postit);
  assert.ok(!JSON.stringify(bed.logged).includes(postit));
});

test('the TypeScript client stores documents, resolves uuids, and makes and reads postits', async () => {
  const client = createClient({ url, token: bed.tokens.ada });
  const { uuid } = await client.metadata.create({ name: 'x', value: { size: 3 } });
  await client.metadata.update(uuid, { name: 'renamed' });
  assert.equal((await client.metadata.list({ q: { 'value.size': { $gt: 2 } } }))[0]?.name, 'renamed');
  await client.metadata.permissions.grant(uuid, 'eve', 'READ');
  assert.equal((await client.metadata.permissions.list(uuid)).length, 2);
  const schema = await client.metadata.schemas.create({ type: 'object' });
  const named = await client.uuids.list([uuid, schema.uuid], { expand: true });
  assert.deepEqual(
    named.map(({ type }) => type),
    ['METADATA', 'SCHEMA'],
  );
  const { postit } = await client.postits.create({ url: FILE, maxUses: 2 });
  const { stream, start } = await client.postits.read(postit, { range: 'bytes=4-8' });
  assert.deepEqual([start, await new Response(stream).text()], [4, 'first']);
  await client.postits.delete(postit);
  assert.equal((await client.profiles.update('me', { first_name: 'Ada' })).first_name, 'Ada');
  assert.equal((await client.profiles.list({ first_name: 'ada' })).length, 1);
});

test('guesses are limited by where they come from, and do not stop others', async () => {
  const { postit } = await make({ url: FILE, maxUses: 2 });
  const guess = () => read(Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex'));
  let code = '';
  for (let count = 0; count < 60 && code !== 'rate.limited'; count++) code = codeOf(await guess());
  assert.equal(code, 'rate.limited');
  assert.equal(codeOf(await read(postit)), 'rate.limited');
  const elsewhere = await bed.server.inject({ url: `/postits/v2/${postit}`, remoteAddress: '192.0.2.7' });
  assert.equal(elsewhere.payload, TEXT);
});
