import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '@arras/client';
import { namesJob, resolveJobId } from './job-id.ts';

const IDS = [
  '176400000000000003-8f2c0a1b-0001-007',
  '176400000000000002-8f2d0a1b-0002-007',
  '176300000000000001-aaaa0000-0003-007',
];

/** A client of a service that has these jobs, newest first. */
function clientWith(ids: readonly string[]) {
  return createClient({
    url: 'http://service.test',
    fetch: (address) => {
      const { searchParams } = new URL(address instanceof Request ? address.url : address);
      const [limit, offset] = [Number(searchParams.get('limit')), Number(searchParams.get('offset'))];
      const result = ids.slice(offset, offset + limit).map((id) => ({ id, name: `job ${id}` }));
      return Promise.resolve(Response.json({ status: 'success', message: null, version: '1', result }));
    },
  });
}

test('a whole id is taken as it is, without asking', async () => {
  assert.equal(await resolveJobId(clientWith([]), IDS[0] ?? ''), IDS[0]);
});

test('last is the job that was submitted last', async () => {
  assert.equal(await resolveJobId(clientWith(IDS), 'last'), IDS[0]);
  await assert.rejects(resolveJobId(clientWith([]), 'last'), {
    name: 'Refusal',
    message: 'You have no jobs yet.',
  });
});

test('the beginning, the end or the second part of an id is enough when it fits one job', async () => {
  const client = clientWith(IDS);
  const typed = ['1763', '0002-007', '0001', '8f2c', 'aaaa'];
  const found = await Promise.all(typed.map((text) => resolveJobId(client, text)));
  assert.deepEqual(found, [IDS[2], IDS[1], IDS[0], IDS[0], IDS[2]]);
});

test('a part that fits several jobs lists them', async () => {
  const failure = await resolveJobId(clientWith(IDS), '8f2').catch((error: unknown) => error);
  assert.ok(failure instanceof Error && 'complaint' in failure);
  assert.match(JSON.stringify(failure.complaint), /fits 2 jobs.*8f2c0a1b.*8f2d0a1b/);
});

test('a part that fits no job is not found: exit code 6', async () => {
  await assert.rejects(
    resolveJobId(clientWith(IDS), 'beef'),
    (error: { complaint: { exitCode: number } }) => error.complaint.exitCode === 6,
  );
});

test('jobs beyond the first page are found', async () => {
  const many = Array.from(
    { length: 600 },
    (_, index) => `17${String(index).padStart(16, '0')}-${index.toString(16).padStart(8, '0')}-0000-007`,
  );
  assert.equal(await resolveJobId(clientWith(many), '00000257'), many[599]);
});

/** A client of a service with these jobs, newest first, that can be searched by name. */
function clientWithNames(...names: readonly string[]) {
  const jobs = names.map((name, index) => ({
    id: `17640000000000000${9 - index}-0000000${index}-0000-007`,
    name,
  }));
  return createClient({
    url: 'http://service.test',
    fetch: (address) => {
      const { searchParams } = new URL(address instanceof Request ? address.url : address);
      assert.equal(searchParams.get('owner'), 'me');
      const [exact, like] = [searchParams.get('name'), searchParams.get('name.like')];
      const result = jobs.filter(({ name }) =>
        exact === null ? name.startsWith(like?.slice(0, -1) ?? '') : name === exact,
      );
      return Promise.resolve(Response.json({ status: 'success', message: null, version: '1', result }));
    },
  });
}

test('@name is the newest job of that name, or of the only name that begins so', async () => {
  const client = clientWithNames('rna', 'rna', 'rna-2', 'plot');
  assert.match(await resolveJobId(client, '@rna'), /^176400000000000009-/);
  assert.match(await resolveJobId(client, '@rna-'), /^176400000000000007-/);
  assert.match(await resolveJobId(client, '@pl'), /^176400000000000006-/);
  await assert.rejects(resolveJobId(client, '@r'), (error: { complaint: object }) => {
    assert.match(JSON.stringify(error.complaint), /@r fits 2 jobs.*\(rna\).*\(rna-2\)/);
    return true;
  });
  await assert.rejects(resolveJobId(client, '@none'), { name: 'Refusal' });
});

test('only a whole id, last and @name cannot be a filter', () => {
  assert.deepEqual([IDS[0] ?? '', 'last', '@rna', 'rna', 'status:failed', '8f2c', '@'].map(namesJob), [
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});
