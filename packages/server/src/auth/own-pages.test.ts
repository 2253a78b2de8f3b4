import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCausedByForeignPage, isCausedByOwnPage, isOwnOrigin, type PageHeaders } from './own-pages.ts';

const PUBLIC_URL = 'https://jobs.example.org';
const host = '127.0.0.1:8383';

const judge = (isWrite: boolean, headers: PageHeaders) =>
  isCausedByOwnPage({ isWrite, headers: { host, ...headers } }, () => PUBLIC_URL);

test('our origin is that of the request or that of the public address, to the letter', () => {
  for (const origin of ['http://127.0.0.1:8383', 'https://jobs.example.org', 'https://JOBS.example.org'])
    assert.ok(isOwnOrigin(origin, host, PUBLIC_URL), origin);
  for (const origin of [
    'null',
    '',
    'http://127.0.0.1:8384',
    'http://127.0.0.1',
    'http://jobs.example.org',
    'https://jobs.example.org:8443',
    'https://jobs.example.org.evil.example',
    'https://evil.example/?https://jobs.example.org',
    'file://',
  ])
    assert.ok(!isOwnOrigin(origin, host, PUBLIC_URL), origin);
});

test('a change counts only when the browser says that a page of ours causes it', () => {
  assert.ok(judge(true, { 'sec-fetch-site': 'same-origin' }));
  assert.ok(judge(true, { origin: 'https://jobs.example.org' }));
  assert.ok(!judge(true, {}));
  assert.ok(!judge(true, { 'sec-fetch-site': 'none' }));
  assert.ok(!judge(true, { 'sec-fetch-site': 'same-site' }));
  assert.ok(!judge(true, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }));
  assert.ok(!judge(true, { origin: 'null' }));
  assert.ok(!judge(true, { origin: 'https://evil.example' }));
});

test('what is only read may be opened by a person, or by a link, and not by the code of another page', () => {
  assert.ok(judge(false, {}));
  assert.ok(judge(false, { 'sec-fetch-site': 'none' }));
  assert.ok(judge(false, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }));
  assert.ok(!judge(false, { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }));
  assert.ok(!judge(false, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }));
  assert.ok(!judge(false, { origin: 'https://evil.example' }));
});

test('a program, which says nothing of pages, is not taken for one', () => {
  const foreign = (headers: PageHeaders) => isCausedByForeignPage({ host, ...headers }, () => PUBLIC_URL);
  assert.ok(!foreign({}));
  assert.ok(!foreign({ origin: 'https://jobs.example.org' }));
  assert.ok(foreign({ origin: 'https://evil.example' }));
  assert.ok(foreign({ 'sec-fetch-site': 'cross-site' }));
});
