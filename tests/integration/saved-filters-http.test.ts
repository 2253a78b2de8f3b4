import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createClient } from '../../packages/client/src/index.ts';
import { MAX_SAVED_FILTERS, savedFilterSchema } from '../../packages/contract/src/index.ts';
import { type BedUser, codeOf, type HttpBed, openHttpBed } from '../support/http-bed.ts';
import { addSearchedJobs, searchedJobId } from '../support/searched-jobs.ts';

let now = new Date('2026-03-10T12:00:00Z');

let bed: HttpBed;
before(async () => {
  bed = await openHttpBed(() => ({ now: () => now }));
  await addSearchedJobs(bed.db, [
    { name: 'one', status: 'FAILED', created_at: '2026-03-01T00:00:00Z', end_time: '2026-03-01T00:00:00Z' },
    { name: 'two', status: 'RUNNING', created_at: '2026-03-09T00:00:00Z' },
    { name: 'three', status: 'RUNNING', created_at: '2026-03-10T00:00:00Z' },
    { name: 'of bob', owner: 'bob', status: 'RUNNING', created_at: '2026-03-10T00:00:00Z' },
  ]);
});
after(() => bed.close());

const save = (name: string, filter: unknown, as: BedUser = 'ada') =>
  bed.call('PUT', `/jobs/v2/filters/${name}`, { as, body: { filter } });

async function names(query: string, as: BedUser = 'ada'): Promise<string[]> {
  const answer = await bed.call('GET', `/jobs/v2?${query}`, { as });
  assert.equal(answer.status, 200, answer.text);
  return answer.json.result.map((job: { name: string }) => job.name);
}

test('a filter is saved, shown, listed, replaced and deleted', async () => {
  const made = await save('Nightly_1.0-x', 'status:failed');
  assert.equal(made.status, 200, made.text);
  assert.deepEqual(savedFilterSchema.parse(made.json.result), made.json.result);
  assert.equal(made.json.result._links.jobs.href, 'https://api.example.org/jobs/v2?saved=Nightly_1.0-x');
  const replaced = await save('Nightly_1.0-x', 'status:running');
  assert.equal(replaced.json.result.created, made.json.result.created);
  const shown = await bed.call('GET', '/jobs/v2/filters/Nightly_1.0-x', { as: 'ada' });
  assert.equal(shown.json.result.filter, 'status:running');
  await save('a', 'x');
  const listed = await bed.call('GET', '/jobs/v2/filters', { as: 'ada' });
  assert.deepEqual(
    listed.json.result.map((each: { name: string }) => each.name),
    ['Nightly_1.0-x', 'a'],
  );
  for (const name of ['Nightly_1.0-x', 'a'])
    assert.equal((await bed.call('DELETE', `/jobs/v2/filters/${name}`, { as: 'ada' })).status, 200);
  assert.equal(codeOf(await bed.call('DELETE', '/jobs/v2/filters/a', { as: 'ada' })), 'filter.not-found');
});

test('filters of others do not exist, not even for administrators, and names belong to each user', async () => {
  await save('mine', 'one');
  for (const as of ['eve', 'root'] as const) {
    for (const method of ['GET', 'DELETE'] as const)
      assert.equal((await bed.call(method, '/jobs/v2/filters/mine', { as })).status, 404);
    assert.equal(codeOf(await bed.call('GET', '/jobs/v2?saved=mine', { as })), 'filter.not-found');
    assert.deepEqual((await bed.call('GET', '/jobs/v2/filters', { as })).json.result, []);
  }
  await save('mine', 'two', 'eve');
  assert.equal((await bed.call('GET', '/jobs/v2/filters/mine', { as: 'ada' })).json.result.filter, 'one');
  await bed.call('DELETE', '/jobs/v2/filters/mine', { as: 'eve' });
  assert.equal((await bed.call('GET', '/jobs/v2/filters/mine', { as: 'ada' })).status, 200);
});

test('what cannot be a filter is refused with its place, and names with what they may be', async () => {
  for (const [name, filter, field, message] of [
    ['x', 'created:>7x', 'filter', /^created:>7x ← unknown unit 'x' \(use s m h d w\) \(character 11\)$/],
    ['x', '', 'filter', /not empty/],
    ['x', 7, 'filter', /expected a filter/],
    ['x', 'a\nb', 'filter', /on one line/],
    ['x', 'x'.repeat(1_001), 'filter', /at most 1000/],
    ['a%20b', 'x', 'name', /of letters, digits and/],
    ['x'.repeat(65), 'x', 'name', /at most 64/],
  ] as const) {
    const answer = await save(name, filter);
    assert.equal(answer.status, 400, `${name} ${answer.text}`);
    assert.equal(answer.json.errors[0].field, field);
    assert.match(answer.json.errors[0].message, message);
  }
});

test('a saved filter holds beside other terms, and gives order and limit where the request has none', async () => {
  await save('running', 'status:running sort:name limit:1');
  assert.deepEqual(await names('saved=running'), ['three']);
  assert.deepEqual(await names('saved=running&limit=5'), ['three', 'two']);
  assert.deepEqual(await names('saved=running&limit=5&orderBy=created&order=desc'), ['three', 'two']);
  assert.deepEqual(await names('saved=running&limit=5&name.like=tw*'), ['two']);
  assert.deepEqual(await names('saved=running&status=failed'), []);
});

test('relative times and me count from each use, and from each user', async () => {
  await save('new', 'created:>36h owner:me');
  assert.deepEqual(await names('saved=new'), ['three']);
  now = new Date('2026-03-09T12:00:00Z');
  assert.deepEqual(await names('saved=new'), ['three', 'two']);
  now = new Date('2026-03-10T12:00:00Z');
});

test('an administrator with a saved filter searches the jobs of everybody', async () => {
  await save('running', 'status:running', 'root');
  assert.deepEqual((await names('saved=running', 'root')).toSorted(), ['of bob', 'three', 'two']);
  await save('mine', 'owner:me', 'root');
  assert.deepEqual(await names('saved=mine', 'root'), []);
});

test('nobody has more filters than allowed, however many are saved at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: MAX_SAVED_FILTERS + 5 }, (_, index) => save(`f${index}`, 'x', 'bob')),
  );
  const refused = answers.filter(({ status }) => status !== 200);
  assert.deepEqual([refused.length, ...new Set(refused.map(codeOf))], [5, 'filter.too-many']);
  const listed = await bed.call('GET', '/jobs/v2/filters?limit=250', { as: 'bob' });
  assert.equal(listed.json.result.length, MAX_SAVED_FILTERS);
  const replaced = await save(listed.json.result[0].name, 'y', 'bob');
  assert.equal(replaced.status, 200);
});

test('a job is no filter and a filter no job: their addresses do not meet', async () => {
  assert.equal((await bed.call('GET', `/jobs/v2/${searchedJobId(2)}`, { as: 'ada' })).status, 200);
  assert.equal(
    (await bed.call('GET', '/jobs/v2/filters/status', { as: 'ada' })).json.code,
    'filter.not-found',
  );
});

test('the client saves, uses, lists and deletes filters, and searches by parameters', async () => {
  const url = await bed.server.listen({ host: '127.0.0.1', port: 0 });
  const { jobs } = createClient({ url, token: bed.tokens.ada });
  await jobs.filters.save('by-client', 'status:running two');
  assert.deepEqual(
    (await jobs.list({ saved: 'by-client' })).map(({ name }) => name),
    ['two'],
  );
  assert.equal((await jobs.filters.show('by-client')).filter, 'status:running two');
  assert.ok((await jobs.filters.list()).some(({ name }) => name === 'by-client'));
  await jobs.filters.delete('by-client');
  await assert.rejects(jobs.filters.show('by-client'), { code: 'filter.not-found' });
  assert.deepEqual(
    (await jobs.list({ 'status.in': 'FAILED,KILLED', limit: 5 })).map(({ name }) => name),
    ['one'],
  );
});
