import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicUrl } from './setting-parsers.ts';

test('the public address is a host with a plain path or none, without a slash at its end', () => {
  assert.equal(publicUrl(''), null);
  for (const [given, expected] of [
    ['https://jobs.example.org//', 'https://jobs.example.org'],
    ['http://127.0.0.1:8383', 'http://127.0.0.1:8383'],
    ['https://hpc.example.org/a/b%20c/', 'https://hpc.example.org/a/b%20c'],
  ] as const)
    assert.equal(publicUrl(given), expected);
});

test('what would mean something else in a cookie, a redirect or a link is refused', () => {
  for (const given of [
    'jobs.example.org',
    'ftp://jobs.example.org',
    'https://hpc.example.org//elsewhere.example',
    'https://hpc.example.org/a;Domain=example.org',
    'https://hpc.example.org/?a=1',
    'https://hpc.example.org/#a',
    'https://ada@hpc.example.org/',
  ])
    assert.throws(() => publicUrl(given), /an address such as/, given);
});
