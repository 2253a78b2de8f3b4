import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnswerCache } from './answer-cache.ts';

const answer = (text: string) => ({ etag: '"1"', text });

test('the answers that were not used for longest are forgotten first', () => {
  const cache = new AnswerCache();
  for (let count = 0; count < 300; count++) cache.store(`/${count}`, answer('a'));
  assert.ok(cache.find('/0'));
  cache.store('/300', answer('a'));
  assert.equal(cache.find('/1'), null);
  assert.ok(cache.find('/0'));
  assert.ok(cache.find('/300'));
});

test('many long answers are fewer, and one that is too long is not kept', () => {
  const cache = new AnswerCache();
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let count = 0; count < 5; count++) cache.store(`/${count}`, answer(megabyte));
  assert.equal(cache.find('/0'), null);
  assert.ok(cache.find('/1'));
  cache.store('/1', answer(megabyte.repeat(5)));
  assert.equal(cache.find('/1'), null, 'neither the new answer nor the old one');
  cache.store('/0', answer(megabyte));
  assert.ok(cache.find('/4'), 'what was replaced takes no room');
});
