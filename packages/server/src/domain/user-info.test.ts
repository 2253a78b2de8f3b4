import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinUserInfo, parseUserInfo, splitUserInfo } from './user-info.ts';

test('the user info is taken out and put back as it was', () => {
  const url = 'https://ada:p:a%40ss@example.org:8443/hook?x=${JOB_ID}#top';
  const { url: bare, userInfo } = splitUserInfo(url);
  assert.equal(bare, 'https://example.org:8443/hook?x=${JOB_ID}#top');
  assert.equal(userInfo, 'ada:p:a%40ss');
  assert.equal(joinUserInfo(bare, userInfo), url);
  assert.deepEqual(splitUserInfo('https://example.org/a@b'), {
    url: 'https://example.org/a@b',
    userInfo: null,
  });
  assert.equal(joinUserInfo('https://h/', 'a:$&$1'), 'https://a:$&$1@h/');
});

test('the first colon divides name and password, and escapes are decoded', () => {
  assert.deepEqual(parseUserInfo('ada:p:a%40ss'), { username: 'ada', password: 'p:a@ss' });
  assert.deepEqual(parseUserInfo('token'), { username: 'token', password: '' });
  assert.deepEqual(parseUserInfo(':pw'), { username: '', password: 'pw' });
  assert.deepEqual(parseUserInfo('a:100%'), { username: 'a', password: '100%' });
  assert.equal(parseUserInfo(':'), null);
  assert.equal(parseUserInfo(null), null);
});
