import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BedAnswer, type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';

// Documents follow the schemas that they name.

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed();
});
after(() => bed?.close());

const TREE = {
  type: 'object',
  required: ['species'],
  properties: { species: { type: 'string', pattern: '^[a-z]+$' }, height: { $ref: '#/definitions/size' } },
  definitions: { size: { type: 'number', minimum: 0 } },
};

const post = (path: string, body: object, as: BedUser = 'ada') =>
  bed.call('POST', `/meta/v2/${path}`, { as, body });

async function keep(schema: object): Promise<string> {
  const answer = await post('schemas', schema);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.result.uuid;
}

const problemsOf = ({ status, json, text }: BedAnswer) => {
  assert.deepEqual([status, json.code], [400, 'request.invalid'], text);
  // The database keeps no order of names.
  return json.errors.map(({ field, message }: Record<string, string>) => `${field} ${message}`).toSorted();
};

test('a value that does not follow its schema is refused with every place named, when it is made and when it is changed', async () => {
  const schemaId = await keep(TREE);
  const wrong = { name: 'tree', value: { species: 'Oak', height: -1 }, schemaId };
  assert.deepEqual(problemsOf(await post('data', wrong)), [
    'value.height expected at least 0, got -1',
    'value.species expected a text that matches ^[a-z]+$, got "Oak" (string)',
  ]);
  const made = await post('data', { ...wrong, value: { species: 'oak', height: 12 } });
  assert.equal(made.status, 201, made.text);
  const change = (body: object) => post(`data/${made.json.result.uuid}`, body);
  assert.deepEqual(problemsOf(await change({ value: { height: 1 } })), ['value.species is required']);
  assert.equal((await change({ name: 'renamed' })).status, 200);
  const shorter = await keep({ properties: { height: { maximum: 10 } } });
  assert.deepEqual(problemsOf(await change({ schemaId: shorter })), [
    'value.height expected at most 10, got 12',
  ]);
  assert.equal((await change({ schemaId: shorter, value: { height: 9 } })).status, 200);
  assert.equal((await change({ schemaId: null, value: 'anything' })).status, 200);
});

test('a schema counts as it is now, and no more once it is gone', async () => {
  const schemaId = await keep({ type: 'object' });
  const made = (await post('data', { name: 'x', value: {}, schemaId })).json.result;
  assert.equal((await post(`schemas/${schemaId}`, { type: 'string' })).status, 200);
  assert.equal((await post(`data/${made.uuid}`, { name: 'y' })).status, 200, 'the value is what it was');
  assert.equal((await post(`data/${made.uuid}`, { value: {} })).status, 400);
  assert.equal((await post(`data/${made.uuid}`, { value: 'text' })).status, 200);
  await bed.call('DELETE', `/meta/v2/schemas/${schemaId}`, { as: 'ada' });
  assert.equal((await post(`data/${made.uuid}`, { value: 7 })).status, 200);
});

test('who may change a document but not see its schema follows it all the same, and learns nothing of it', async () => {
  const schemaId = await keep({ enum: ['secret words'] });
  const made = (await post('data', { name: 'x', value: 'secret words', schemaId })).json.result;
  await post(`data/${made.uuid}/pems`, { username: 'bob', permission: 'READ_WRITE' });
  const answer = await post(`data/${made.uuid}`, { value: 'other' }, 'bob');
  assert.deepEqual(problemsOf(answer), [
    'value does not follow the schema of the document, which is not shared with you',
  ]);
  assert.equal(codeOf(await post('data', { name: 'x', value: 1, schemaId }, 'bob')), 'request.invalid');
});

test('schemas that lead elsewhere or cannot be run are refused, and hostile ones cost little', async () => {
  const remote = { properties: { a: { $ref: 'http://127.0.0.1:1/schema.json' } } };
  assert.match(
    problemsOf(await post('schemas', remote))[0],
    /^properties\.a\.\$ref expected a place in this schema/,
  );
  assert.match(problemsOf(await post('schemas', { schema: { pattern: '(?<=a)b' } }))[0], /^schema\.pattern /);
  const known = await keep({ type: 'object' });
  assert.match(problemsOf(await post(`schemas/${known}`, { type: 'thing' }))[0], /^type expected one of/);
  const endless = await keep({ allOf: [{ $ref: '#' }] });
  assert.match(
    problemsOf(await post('data', { name: 'x', value: 1, schemaId: endless }))[0],
    /too much work/,
  );
  const slow = await keep({ pattern: '^(([a-z])+.)+[A-Z]([a-z])+$' });
  assert.equal((await post('data', { name: 'x', value: 'a'.repeat(40_000), schemaId: slow })).status, 400);
});

test('schemas that were stored before they were looked at can be left, and judge nothing', async () => {
  const schemaId = await keep({ type: 'object' });
  const made = (await post('data', { name: 'x', value: {}, schemaId })).json.result;
  const old = JSON.stringify({ $ref: 'https://example.org/schema.json' });
  await bed.database.pool.query('update documents set value = $1 where uuid = $2', [old, schemaId]);
  assert.match(
    problemsOf(await post(`data/${made.uuid}`, { value: 1 }))[0],
    /^schemaId names a schema by which nothing/,
  );
  assert.equal((await post(`data/${made.uuid}`, { value: 1, schemaId: null })).status, 200);
});

test('what some clients put around a schema is not part of it', async () => {
  const schemaId = await keep({ owner: 'ada', schema: TREE });
  assert.deepEqual(problemsOf(await post('data', { name: 'x', value: {}, schemaId })), [
    'value.species is required',
  ]);
});
