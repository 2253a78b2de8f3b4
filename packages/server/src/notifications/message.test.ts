import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptTarget } from './message.ts';

const kept = (target: string | null, url: string, credentials: string | null = 'sealed') =>
  keptTarget({ target, url, credentials });

test('an attempt goes where the one before it went', () => {
  assert.equal(kept('https://a.org/hook?id=1', 'https://a.org/hook?id=${JOB_ID}'), 'https://a.org/hook?id=1');
  assert.equal(kept('https://x.a.org/', 'https://${EVENT}.a.org/'), 'https://x.a.org/');
  assert.equal(kept('ada@a.org', '${OWNER}@a.org', null), 'ada@a.org');
  assert.equal(kept(null, 'https://a.org/'), null);
});

test('a password never goes to a host that is not the one of the subscription any more', () => {
  for (const target of ['https://old.org/', 'http://new.org/', 'https://new.org:8443/', 'ada@new.org'])
    assert.equal(kept(target, 'https://new.org/hook'), null, target);
  assert.equal(kept('https://old.org/', 'https://new.org/hook', null), 'https://old.org/');
});
