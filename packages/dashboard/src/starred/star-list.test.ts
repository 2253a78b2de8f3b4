import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStars, toggleStar } from './star-list.ts';

test('what a browser kept is read back, and anything else is no star', () => {
  assert.deepEqual(parseStars('["a","b"]'), ['a', 'b']);
  for (const text of [null, '', '{', '{"a":1}', '[1,null]'])
    assert.deepEqual(parseStars(text), [], String(text));
});

test('a star is given and taken, and the oldest goes when there are too many', () => {
  assert.deepEqual(toggleStar(['a'], 'b'), ['a', 'b']);
  assert.deepEqual(toggleStar(['a', 'b'], 'a'), ['b']);
  const many = Array.from({ length: 200 }, (_, n) => `j${n}`);
  assert.deepEqual(toggleStar(many, 'new').slice(-1), ['new']);
  assert.equal(toggleStar(many, 'new').length, 200);
});
