import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter } from './retry-after.ts';

const NOW = new Date('2026-10-21T07:28:00Z');

test('seconds and dates ahead are understood, at most a day of them', () => {
  assert.equal(parseRetryAfter('7', NOW), 7_000);
  assert.equal(parseRetryAfter(' 120 ', NOW), 120_000);
  assert.equal(parseRetryAfter('Wed, 21 Oct 2026 07:29:00 GMT', NOW), 60_000);
  assert.equal(parseRetryAfter('Wednesday, 21-Oct-26 07:29:00 GMT', NOW), 60_000);
  assert.equal(parseRetryAfter('315360000', NOW), 86_400_000);
  assert.equal(parseRetryAfter('9'.repeat(400), NOW), 86_400_000);
  assert.equal(parseRetryAfter('Mon, 21 Oct 2036 07:28:00 GMT', NOW), 86_400_000);
});

test('dates in the past and what cannot be understood count as nothing', () => {
  const nothing = [
    null,
    '',
    'soon',
    '-5',
    '1.5',
    '0x10',
    '2026-10-22',
    'Wed, 21 Oct 2026 07:27:00 GMT',
    'Wed, x',
  ];
  for (const value of nothing) assert.equal(parseRetryAfter(value, NOW), null, String(value));
});
