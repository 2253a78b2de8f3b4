import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import {
  jsonSchemaSchema,
  metadataPermissionSchema,
  metadataSchema,
} from '../../packages/contract/src/index.ts';
import { listDocuments } from '../../packages/server/src/database/documents.ts';
import type { Tables } from '../../packages/server/src/database/tables.ts';
import { parseDocumentQuery } from '../../packages/server/src/domain/document-query.ts';
import { metadataLink } from '../../packages/server/src/http/views/links.ts';
import { addSystems, type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { inspectablePlan } from '../support/query-plan.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';

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
  const { href } = metadataLink(bed.context, job);
  const linked = await bed.call('GET', href.replace('https://api.example.org', ''), { as: 'ada' });
  assert.deepEqual(
    linked.json.result.map((each: { uuid: string }) => each.uuid),
    [made.uuid],
  );
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

test('queries speak of fields, of paths through lists, and of what is not there', async () => {
  const docs: readonly [string, unknown][] = [
    ['q1', { size: 5, ok: true, tags: ['a', 'b'], sub: [{ id: 1 }, { id: 2 }], text: 'Hello World' }],
    ['q2', { size: 7.5, ok: false, tags: 'a', sub: { id: 3 }, none: null }],
    ['q3', ['x', 'y']],
    ['q4', 'plain'],
    ['q5', { 'a"b\\c$ ? (@ == 1)': { "it's": 1 }, size: '5' }],
  ];
  for (const [name, value] of docs) await store({ name, value }, 'eve');
  for (const [q, expected] of [
    [{ name: 'q1' }, 'q1'],
    ["{'name': 'q1'}", 'q1'],
    [`{'value.ok': True}`, 'q1'],
    [`{'value.none': None, "name": {'$in': ['q2', 'q3']}}`, 'q2 q3'],
    [{ 'value.size': 5 }, 'q1'],
    [{ 'value.size': { $gte: 5, $lt: 7.5 } }, 'q1'],
    [{ 'value.size': { $gt: 5 } }, 'q2'],
    [{ 'value.size': { $gte: '5' } }, 'q5'],
    [{ 'value.tags': 'a' }, 'q1 q2'],
    [{ 'value.tags': ['a', 'b'] }, 'q1'],
    [{ 'value.sub.id': 2 }, 'q1'],
    [{ 'value.sub': { id: 2 } }, 'q1'],
    [{ 'value.sub.id': { $in: [1, 3] } }, 'q1 q2'],
    [{ value: 'x' }, 'q3'],
    [{ value: 'plain' }, 'q4'],
    [{ value: ['x', 'y'] }, 'q3'],
    [{ 'value.size': { $exists: true } }, 'q1 q2 q5'],
    [{ 'value.none': { $exists: true } }, 'q2'],
    [{ name: { $regex: '^q' }, 'value.tags': { $exists: false } }, 'q3 q4 q5'],
    [{ 'value.text': { $regex: 'world$', $options: 'i' } }, 'q1'],
    [{ 'value.text': { $regex: 'world$' } }, ''],
    [{ 'value.tags': { $regex: '^[bB]$' } }, 'q1'],
    [{ name: { $not: { $in: ['q1', 'q2'] } }, 'value.size': { $ne: '5' } }, 'q3 q4'],
    [{ $or: [{ name: 'q4' }, { $and: [{ 'value.ok': false }, { owner: 'eve' }] }] }, 'q2 q4'],
    [{ name: { $nin: ['q1'] }, 'value.ok': { $in: [true, false] } }, 'q2'],
    [{ [`value.a"b\\c$ ? (@ == 1).it's`]: 1 }, 'q5'],
    [{ name: 'q1', created: { $gt: '2020-01-01', $lt: '3 days ago' } }, ''],
    [{ name: 'q1', created: { $gt: '2020-01-01' }, lastUpdated: { $lte: 'tomorrow' } }, 'q1'],
    [{ schemaId: null, name: 'q1' }, 'q1'],
    [{ associationIds: [], name: 'q3' }, 'q3'],
    [{}, 'q1 q2 q3 q4 q5'],
    ['', 'q1 q2 q3 q4 q5'],
  ] as const)
    assert.equal((await names(q, 'eve')).join(' '), expected, JSON.stringify(q));
  const page = await bed.call('GET', '/meta/v2/data?limit=2&offset=1&orderBy=name&order=ASC', { as: 'eve' });
  assert.deepEqual(
    page.json.result.map((each: { name: string }) => each.name),
    ['q2', 'q3'],
  );
});

test('a hostile query is refused with the reason, and none can leave its place', async () => {
  const nested = (depth: number): string => (depth === 0 ? '{}' : `{"$and":[${nested(depth - 1)}]}`);
  for (const [q, message] of [
    [{ $where: 'sleep(1000)' }, /"\$where" \(string\), which is not supported/],
    [{ name: { $where: '1' } }, /"\$where"/],
    [{ name: { $eq: 'x', plain: 1 } }, /"plain"/],
    [{ 'value.x': { $elemMatch: { a: 1 } } }, /"\$elemMatch"/],
    [{ value: { $expr: {} } }, /"\$expr"/],
    [{ foo: 1 }, /unknown field "foo"/],
    [{ __proto__x: 1 }, /unknown field/],
    ['{"__proto__": 1}', /unknown field "__proto__"/],
    ['{"constructor.prototype": 1}', /unknown field/],
    [{ toString: 1 }, /unknown field "toString"/],
    ['{"name": {"$toString": 1, "$hasOwnProperty": 1}}', /"\$toString"/],
    ['[1]', /expected an object/],
    ['{"name": ', /is not JSON/],
    ["{'name': __import__('os')}", /is not JSON/],
    [nested(40), /nested too deeply|nested more than/],
    [nested(12), /nested more than 8 deep/],
    ['['.repeat(4_000), /too deeply/],
    [`{"name": ${'{"$not":'.repeat(12)}{"$eq":1}${'}'.repeat(13)}`, /nested more than 8 deep/],
    [{ name: { $in: Array.from({ length: 101 }, String) } }, /at most 100 values/],
    [{ $or: Array.from({ length: 51 }, () => ({ name: 'x' })) }, /more than 50 conditions/],
    [{ [`value${'.a'.repeat(20)}`]: 1 }, /more than 12 names/],
    [{ name: { $regex: '(a+)+\\1' } }, /\$regex that/],
    [{ name: { $regex: '((((a{1,99}){1,99}){1,99}){1,99})' } }, /\$regex that is too large/],
    [{ name: { $regex: '(?=x)' } }, /\$regex that/],
    [{ name: { $regex: 5 } }, /expected a text for \$regex/],
    [{ name: { $regex: 'x', $options: 'x' } }, /\$options/],
    [{ name: { $options: 'i' } }, /without \$regex/],
    [{ created: { $gt: 'x' } }, /expected a time/],
    ['{"name": "a\\u0000b"}', /NUL/],
    ['{"value.\\u0000": 1}', /NUL/],
  ] as const) {
    const answer = await search(q);
    assert.equal(answer.status, 400, `${JSON.stringify(q)} ${answer.text}`);
    assert.equal(answer.json.errors[0].field, 'q');
    assert.match(answer.json.errors[0].message, message);
  }
  await store({ name: 'still here', value: { 'x" ? (1 == 1)': 1 } });
  for (const text of [
    `x' or '1'='1`,
    `x"); drop table documents; --`,
    '$1',
    `" || @ == "`,
    '%',
    '\\',
    '${1}',
  ])
    for (const q of [
      { name: text },
      { [`value.${text}`]: text },
      { 'value.x': { $gt: text } },
      { associationIds: text },
    ])
      assert.deepEqual(await names(q), [], JSON.stringify(q));
  assert.deepEqual(await names({ name: 'still here' }), ['still here']);
  const long = await search({ name: { $regex: `${'x?'.repeat(140)}` } });
  assert.ok([200, 400].includes(long.status), long.text);
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
  const { schemaId } = await store({ name: 'follows', value: 'anything', schemaId: uuid });
  assert.equal(schemaId, uuid);
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

test('among many documents, a list, an association and a value are found by an index', async () => {
  await bed.database.pool.query(`
    insert into documents (uuid, kind, owner, name, value, association_ids)
    select 'm' || n, 'metadata', case when n % 100 = 0 then 'bob' else 'root' end, 'n' || n,
      jsonb_build_object('number', n, 'list', jsonb_build_array(n % 7, n)), array['a' || n]
    from generate_series(1, 20000) n`);
  await bed.database.pool.query('vacuum analyze documents');
  const plan = (query: unknown, ofAll = false) =>
    inspectablePlan(bed.database.pool, (pool, log) => {
      // The search alone, without what limits its time.
      const logSearch: typeof log = (event) => event.query.sql.includes('from documents') && log(event);
      const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log: logSearch });
      const seams = { kind: 'metadata', now: new Date(), judgePattern: () => null } as const;
      const parsed = query === null ? null : parseDocumentQuery(query, seams);
      return listDocuments(db, 'root', { kind: 'metadata', query: parsed, ofAll, limit: 100, offset: 0 });
    });
  for (const [query, index] of [
    [{ associationIds: 'a77' }, 'documents_associations'],
    [{ 'value.number': 4_321 }, 'documents_value'],
    [{ 'value.list': 4_321 }, 'documents_value'],
    [{ $or: [{ 'value.number': 5 }, { 'value.number': 6 }] }, 'documents_value'],
  ] as const) {
    const { indexes, scannedWhole } = await plan(query, true);
    assert.deepEqual([indexes.includes(index), scannedWhole], [true, []], JSON.stringify(query));
  }
  assert.deepEqual((await plan(null, true)).indexes, ['documents_updated']);
  const own = await plan(null);
  assert.deepEqual(own.scannedWhole, []);
});
