import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSessionCookies, readCookie } from './session-cookie.ts';

const ABOUT = 'Path=/; HttpOnly; SameSite=Strict';

test('the cookie of a session is out of reach of pages and of other sites, and needs TLS where there is some', () => {
  const plain = createSessionCookies(() => 'http://127.0.0.1:8383');
  assert.equal(plain.begin('s3cret', 60), `arras_session=s3cret; Max-Age=60; ${ABOUT}`);
  assert.equal(plain.end(), `arras_session=; Max-Age=0; ${ABOUT}`);
  const secure = createSessionCookies(() => 'https://jobs.example.org');
  assert.equal(secure.begin('s3cret', 60), `__Host-arras_session=s3cret; Max-Age=60; ${ABOUT}; Secure`);
});

test('below a path the cookie goes to that path alone, not to the neighbours on the host', () => {
  const secure = createSessionCookies(() => 'https://hpc.example.org/arras');
  const about = 'Path=/arras; HttpOnly; SameSite=Strict; Secure';
  assert.equal(secure.begin('s3cret', 60), `__Secure-arras_session=s3cret; Max-Age=60; ${about}`);
  assert.equal(secure.read('__Secure-arras_session=ours'), 'ours');
});

test('with TLS a cookie that a neighbour could plant is not looked at', () => {
  const secure = createSessionCookies(() => 'https://jobs.example.org');
  assert.equal(secure.read('arras_session=planted'), null);
  assert.equal(secure.read('arras_session=planted; __Host-arras_session=ours'), 'ours');
});

test('a cookie is found among others, and not at all when it is empty or there twice', () => {
  assert.equal(readCookie('theme=dark; s=1=2;lang=en', 's'), '1=2');
  for (const header of ['', 's=', 'xs=1', 's', 's=1; s=2', 'S=1'])
    assert.equal(readCookie(header, 's'), null);
});
