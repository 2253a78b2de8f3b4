import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kysely, PostgresDialect } from 'kysely';
import { listDocuments } from '../../packages/server/src/database/documents.ts';
import type { Tables } from '../../packages/server/src/database/tables.ts';
import { parseDocumentQuery } from '../../packages/server/src/domain/document-query.ts';
import { type BedUser, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { inspectablePlan } from '../support/query-plan.ts';

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed.close());

const store = async (body: object, as: BedUser = 'ada') => {
  const made = await bed.call('POST', '/meta/v2/data', { as, body });
  assert.equal(made.status, 201, made.text);
  return made.json.result;
};

const search = (q: unknown, as: BedUser = 'ada') =>
  bed.call('GET', `/meta/v2/data?q=${encodeURIComponent(typeof q === 'string' ? q : JSON.stringify(q))}`, {
    as,
  });

async function names(q: unknown, as: BedUser = 'ada'): Promise<string[]> {
  const answer = await search(q, as);
  assert.equal(answer.status, 200, `${JSON.stringify(q)} ${answer.text}`);
  return answer.json.result.map((each: { name: string }) => each.name).toSorted();
}

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
});

test('among many documents, a list, an association and a value are found by an index', async () => {
  await bed.database.pool.query(`
    insert into documents (uuid, kind, owner, name, value, association_ids)
    select 'm' || n, 'metadata', case when n % 100 = 0 then 'bob' else 'root' end, 'n' || n,
      jsonb_build_object('number', n, 'list', jsonb_build_array(n % 7, n)), array['a' || n]
    from generate_series(1, 20000) n`);
  await bed.database.pool.query('vacuum analyze documents');
  const plan = (query: unknown, username = 'root') =>
    inspectablePlan(bed.database.pool, (pool, log) => {
      // The search alone, without what limits its time.
      const logSearch: typeof log = (event) => event.query.sql.includes('from documents') && log(event);
      const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log: logSearch });
      const seams = { kind: 'metadata', now: new Date(), judgePattern: () => null } as const;
      const parsed = query === null ? null : parseDocumentQuery(query, seams);
      const ofAll = username === 'root';
      return listDocuments(db, username, { kind: 'metadata', query: parsed, ofAll, limit: 100, offset: 0 });
    });
  for (const [query, index] of [
    [{ associationIds: 'a77' }, 'documents_associations'],
    [{ 'value.number': 4_321 }, 'documents_value'],
    [{ 'value.list': 4_321 }, 'documents_value'],
    [{ $or: [{ 'value.number': 5 }, { 'value.number': 6 }] }, 'documents_value'],
  ] as const) {
    const { indexes, scannedWhole } = await plan(query);
    assert.deepEqual([indexes.includes(index), scannedWhole], [true, []], JSON.stringify(query));
  }
  assert.deepEqual((await plan(null)).indexes, ['documents_updated']);
  for (const query of [null, { 'value.none': { $gt: 3 } }]) {
    const { indexes, scannedWhole } = await plan(query, 'ada');
    assert.deepEqual([indexes.includes('documents_owner'), scannedWhole], [true, []]);
  }
});

test('a search that takes too long is ended, and says what would make it quicker', async () => {
  const holder = await bed.database.pool.connect();
  try {
    await holder.query('begin; lock table documents in access exclusive mode');
    const answer = await search({ name: 'x' });
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.text, /takes too long; add a condition/);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  assert.deepEqual(await names({ name: 'none' }), []);
});
