import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPathRemover } from './kept-path.ts';

test('a path that a proxy keeps is taken away, unless addresses of the service are or begin the same', () => {
  const remove = (path: string, url: string) =>
    createPathRemover(() => `https://hpc.example.org${path}`)(url);
  assert.equal(remove('/arras', '/arras/jobs/v2'), '/jobs/v2');
  assert.equal(remove('/token', '/token'), '/token');
  assert.equal(remove('/jobs', '/jobs/v2'), '/jobs/v2');
  assert.equal(remove('', '/jobs/v2'), '/jobs/v2');
});
