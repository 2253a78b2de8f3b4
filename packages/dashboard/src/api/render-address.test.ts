import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAddress } from './render-address.ts';

test('parameters are encoded, and a path keeps its slashes', () => {
  assert.equal(renderAddress('/jobs/v2/{id}', { id: 'a/b c' }), '/jobs/v2/a%2Fb%20c');
  assert.equal(
    renderAddress('/jobs/v2/{id}/outputs/media/{path}', { id: '1', path: 'a b/ü?.txt' }),
    '/jobs/v2/1/outputs/media/a%20b/%C3%BC%3F.txt',
  );
});

test('a parameter that is not given takes its slash along', () => {
  assert.equal(renderAddress('/files/v2/listings/{path}', {}), '/files/v2/listings');
});

test('a query leaves out what is undefined', () => {
  assert.equal(
    renderAddress('/jobs/v2', {}, { limit: 5, offset: undefined, 'name.like': '*a b*' }),
    '/jobs/v2?limit=5&name.like=*a+b*',
  );
});
