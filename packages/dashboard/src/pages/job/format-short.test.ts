import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatShort } from './format-short.ts';

test('short durations have their fractions, long ones are as everywhere', () => {
  assert.deepEqual([-3, 0, 17.4, 994, 995, 1_449, 9_949, 9_960, 130_000].map(formatShort), [
    '0ms',
    '0ms',
    '17ms',
    '994ms',
    '1.0s',
    '1.4s',
    '9.9s',
    '9s',
    '2m 10s',
  ]);
});
