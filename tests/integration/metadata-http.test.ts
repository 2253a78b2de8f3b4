import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  jsonSchemaSchema,
  metadataPermissionSchema,
  metadataSchema,
} from '../../packages/contract/src/index.ts';
import { metadataLink } from '../../packages/server/src/http/views/links.ts';
import { addSystems, type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';
import { type FormPart, form } from '../support/upload-form.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
  await addSystems(bed);
  await addSearchedJobs(bed.db, [{ name: 'one', end_time: '2026-03-09T00:00:00Z' }]);
});
after(() => bed.close());

const store = async (body: object, as: BedUser = 'ada') => {
  const made = await bed.call('POST', '/meta/v2/data', { as, body });
  assert.equal(made.status, 201, made.text);
  return made.json.result;
};

const search = (q: unknown, as: BedUser = 'ada', more = '') =>
  bed.call(
    'GET',
    `/meta/v2/data?q=${encodeURIComponent(typeof q === 'string' ? q : JSON.stringify(q))}${more}`,
    {
      as,
    },
  );

async function names(q: unknown, as: BedUser = 'ada'): Promise<string[]> {
  const answer = await search(q, as);
  assert.equal(answer.status, 200, `${JSON.stringify(q)} ${answer.text}`);
  return answer.json.result.map((each: { name: string }) => each.name).toSorted();
}

test('a document is stored, shown, changed in part and deleted', async () => {
  const made = await store({ name: 'sample', value: { size: 3, tags: ['a'] } });
  assert.deepEqual(metadataSchema.parse(made), made);
  assert.match(made.uuid, /-012$/);
  assert.deepEqual(
    [made.owner, made.schemaId, made.internalUsername, made.associationIds],
    ['ada', null, null, []],
  );
  assert.equal(made._links.self.href, `https://api.example.org/meta/v2/data/${made.uuid}`);
  const url = `/meta/v2/data/${made.uuid}`;
  const changed = await bed.call('POST', url, { as: 'ada', body: { value: [1, null, 'x'] } });
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.json.result.name, 'sample');
  assert.deepEqual(changed.json.result.value, [1, null, 'x']);
  assert.equal(changed.json.result.created, made.created);
  assert.notEqual(changed.json.result.lastUpdated, made.lastUpdated);
  for (const value of [null, false, 0, '', 'text', {}]) {
    const stored = await bed.call('POST', `${url}/`, { as: 'ada', body: { value } });
    assert.deepEqual(stored.json.result.value, value, stored.text);
  }
  assert.equal((await bed.call('DELETE', url, { as: 'ada' })).json.status, 'success');
  assert.equal(codeOf(await bed.call('GET', url, { as: 'ada' })), 'metadata.not-found');
});

test('documents are about resources that their writer can see, and stay about those that are gone', async () => {
  const job = searchedJobId(1);
  const { uuid } = (await bed.call('GET', '/systems/v2/store', { as: 'ada' })).json.result;
  const made = await store({ name: 'notes', value: 1, associationIds: [job, uuid] });
  assert.deepEqual(
    made._links.associationIds.map(({ title, rel }: { title: string; rel: string }) => [title, rel]),
    [
      ['job', job],
      ['system', uuid],
    ],
  );
  const links = [
    metadataLink(bed.context, job).href,
    (await bed.call('GET', `/jobs/v2/${job}`, { as: 'ada' })).json.result._links.metadata.href,
    (await bed.call('GET', '/systems/v2/store', { as: 'ada' })).json.result._links.metadata.href,
  ];
  for (const href of links) {
    const linked = await bed.call('GET', href.replace('https://api.example.org', ''), { as: 'ada' });
    assert.deepEqual(
      linked.json.result.map((each: { uuid: string }) => each.uuid),
      [made.uuid],
      href,
    );
  }
  const strange = await bed.call('POST', '/meta/v2/data', {
    as: 'eve',
    body: { name: 'x', value: 1, associationIds: [job] },
  });
  assert.equal(strange.status, 400);
  assert.equal(strange.json.errors[0].field, 'associationIds.0');
  await bed.call('DELETE', `/jobs/v2/${job}`, { as: 'ada' });
  const kept = await bed.call('POST', `/meta/v2/data/${made.uuid}`, { as: 'ada', body: { name: 'kept' } });
  assert.equal(kept.status, 200, kept.text);
  assert.deepEqual(kept.json.result.associationIds, [job, uuid]);
});

test('only those with a permission see or change a document, and administrators', async () => {
  const { uuid } = await store({ name: 'private', value: { secret: 1 } });
  const url = `/meta/v2/data/${uuid}`;
  for (const method of ['GET', 'DELETE'] as const)
    assert.equal(codeOf(await bed.call(method, url, { as: 'bob' })), 'metadata.not-found');
  assert.equal(codeOf(await bed.call('POST', url, { as: 'bob', body: { name: 'x' } })), 'metadata.not-found');
  assert.deepEqual(await names({ name: 'private' }, 'bob'), []);
  assert.deepEqual(await names({ name: 'private' }, 'root'), ['private']);
  assert.deepEqual((await search({ name: 'private' }, 'root', '&privileged=False')).json.result, []);

  const grant = (username: string, permission: string | null, as: BedUser = 'ada') =>
    bed.call('POST', `${url}/pems`, { as, body: { username, permission } });
  const read = await grant('bob', 'READ');
  assert.equal(read.status, 201, read.text);
  assert.deepEqual(metadataPermissionSchema.parse(read.json.result), read.json.result);
  assert.deepEqual(await names({ 'value.secret': 1 }, 'bob'), ['private']);
  assert.equal(codeOf(await bed.call('POST', url, { as: 'bob', body: { name: 'x' } })), 'access.forbidden');
  assert.equal(codeOf(await grant('eve', 'READ', 'bob')), 'access.forbidden');
  await grant('bob', 'READ_WRITE');
  assert.equal((await bed.call('POST', url, { as: 'bob', body: { name: 'shared' } })).status, 200);
  assert.equal((await bed.call('GET', `${url}/pems/bob`, { as: 'bob' })).json.result.permission.write, true);
  assert.equal((await grant('Public', 'READ')).json.result.username, 'world');
  assert.deepEqual(await names({ name: 'shared' }, 'eve'), ['shared']);
  const listed = await bed.call('GET', `${url}/pems`, { as: 'ada' });
  assert.deepEqual(
    listed.json.result.map((each: { username: string }) => each.username),
    ['ada', 'bob', 'world'],
  );
  assert.equal(
    (await bed.call('POST', `${url}/pems/bob`, { as: 'ada', body: { permission: 'NONE' } })).status,
    201,
  );
  assert.equal(codeOf(await bed.call('GET', `${url}/pems/bob`, { as: 'ada' })), 'metadata.not-shared');
  assert.equal((await bed.call('DELETE', `${url}/pems`, { as: 'ada' })).status, 200);
  assert.deepEqual(await names({ name: 'shared' }, 'eve'), []);
  for (const [username, permission, code] of [
    ['nobody', 'READ', 'profile.not-found'],
    ['ada', 'NONE', 'access.forbidden'],
    ['bob', 'EXECUTE', 'request.invalid'],
  ] as const)
    assert.equal(codeOf(await grant(username, permission)), code);
});

test('a document that cannot be stored is refused with its field', async () => {
  for (const [body, field] of [
    [{ value: 1 }, 'name'],
    [{ name: 'x' }, 'value'],
    [{ name: 'x', value: { deep: ['a\0b'] } }, 'value'],
    [{ name: 'x', value: { 'a\ud800': 1 } }, 'value'],
    [{ name: 'a\nb', value: 1 }, 'name'],
    [{ name: 'x', value: 1, associationIds: ['nothing'] }, 'associationIds.0'],
    [
      { name: 'x', value: 1, associationIds: Array.from({ length: 101 }, (_, n) => `u${n}`) },
      'associationIds',
    ],
    [{ name: 'x', value: 1, schemaId: '174000000000000000-00000000-0000-013' }, 'schemaId'],
  ] as const) {
    const answer = await bed.call('POST', '/meta/v2/data', { as: 'ada', body });
    assert.equal(answer.status, 400, `${JSON.stringify(body)} ${answer.text}`);
    assert.equal(answer.json.errors[0].field, field);
  }
  const huge = { name: 'x', value: 'x'.repeat(300_000) };
  assert.equal((await bed.call('POST', '/meta/v2/data', { as: 'ada', body: huge })).status, 413);
});

test('schemas are kept as they are, named by documents, and shared like them', async () => {
  const body = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Sample', type: 'object' };
  const made = await bed.call('POST', '/meta/v2/schemas/', { as: 'ada', body });
  assert.equal(made.status, 201, made.text);
  const { uuid } = made.json.result;
  assert.deepEqual(jsonSchemaSchema.parse(made.json.result), made.json.result);
  assert.deepEqual(made.json.result.schema, body);
  const follower = await store({ name: 'follows', value: { any: 'thing' }, schemaId: uuid });
  assert.equal(follower.schemaId, uuid);
  for (const [schemaId, kept] of [
    [undefined, uuid],
    [null, null],
    [uuid, uuid],
    ['', null],
  ]) {
    const changed = await bed.call('POST', `/meta/v2/data/${follower.uuid}`, {
      as: 'ada',
      body: { schemaId },
    });
    assert.equal(changed.json.result.schemaId, kept, changed.text);
  }
  const wrong = await bed.call('POST', `/meta/v2/data/${follower.uuid}`, {
    as: 'ada',
    body: { schemaId: 'x' },
  });
  assert.equal(wrong.json.errors[0].field, 'schemaId');
  const q = encodeURIComponent(JSON.stringify({ 'schema.title': 'Sample' }));
  assert.equal((await bed.call('GET', `/meta/v2/schemas?q=${q}`, { as: 'ada' })).json.result.length, 1);
  assert.equal(codeOf(await bed.call('GET', `/meta/v2/schemas/${uuid}`, { as: 'bob' })), 'schema.not-found');
  assert.equal(codeOf(await bed.call('GET', `/meta/v2/data/${uuid}`, { as: 'ada' })), 'metadata.not-found');
  await bed.call('POST', `/meta/v2/schemas/${uuid}/pems`, {
    as: 'ada',
    body: { username: 'bob', permission: 'read' },
  });
  assert.equal((await bed.call('GET', `/meta/v2/schemas/${uuid}`, { as: 'bob' })).status, 200);
  const replaced = await bed.call('POST', `/meta/v2/schemas/${uuid}`, {
    as: 'ada',
    body: { type: 'string' },
  });
  assert.deepEqual(replaced.json.result.schema, { type: 'string' });
  assert.equal((await bed.call('DELETE', `/meta/v2/schemas/${uuid}`, { as: 'ada' })).status, 200);
});

test('a form with files of JSON or fields is refused when it names what objects have from elsewhere', async () => {
  const ask = (parts: readonly FormPart[]) =>
    bed.call('POST', '/meta/v2/data', { as: 'ada', ...form(parts) });
  const content = '{"name":"x","value":{"__proto__":{"admin":true}}}';
  assert.equal(
    codeOf(await ask([{ name: 'fileToUpload', fileName: 'x.json', content }])),
    'request.malformed',
  );
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    const answer = await ask([
      { name: 'name', content: 'x' },
      { name: 'value', content: '1' },
      { name, content: '{}' },
    ]);
    assert.deepEqual([answer.status, codeOf(answer)], [400, 'request.malformed'], name);
  }
});
