import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTracedFetch } from './traced-fetch.ts';

const ADDRESS = 'http://service.test/jobs/v2?limit=1';

test('each call is told with method, address, status, request id and time, and never its token', async () => {
  const lines: string[] = [];
  const answer = new Response('{}', { status: 201, headers: { 'x-request-id': 'abc' } });
  const traced = createTracedFetch(
    (line) => lines.push(line),
    async () => answer,
  );
  const init = { method: 'POST', headers: { authorization: 'Bearer secret' }, body: '{"password":"secret"}' };
  assert.equal(await traced(ADDRESS, init), answer);
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^POST http:\/\/service\.test\/jobs\/v2\?limit=1 {2}201 {2}request-id abc {2}\d+ ms$/,
  );
});

test('a call that fails is told and fails as it did', async () => {
  const lines: string[] = [];
  const traced = createTracedFetch(
    (line) => lines.push(line),
    () => Promise.reject(new Error('no route')),
  );
  await assert.rejects(traced(ADDRESS), /no route/);
  assert.match(lines[0] ?? '', /^GET \S+ {2}no route {2}\d+ ms$/);
});
