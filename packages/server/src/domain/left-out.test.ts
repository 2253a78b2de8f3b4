import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countLeftOut } from './left-out.ts';

test('what was left out is told by its first names, as far as they can be told', () => {
  const count = countLeftOut();
  assert.equal(count.describe('/out'), null);
  count.add({ path: '/out/passwords', what: 'symbolic link' });
  count.add({ path: '/out/deep/\u001b[31m\udc80', what: 'named pipe' });
  assert.equal(
    count.describe('/out'),
    'Links and special files are not copied; left out: "passwords" (symbolic link), "deep/\\u001b[31m\ufffd" (named pipe).',
  );
  for (let index = 0; index < 1_000; index += 1)
    count.add({ path: `/out/${'x'.repeat(255)}`, what: 'device' });
  const sentence = count.describe('/out') ?? '';
  assert.match(sentence, /, and 997 more\.$/);
  assert.ok(sentence.length < 800, `${sentence.length} characters`);
});
