import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTrouble } from './system-trouble.ts';

test('systems that are switched off or do not answer are in trouble, the others are not', () => {
  const trouble = findTrouble([
    { id: 'good', status: 'UP', available: true },
    { id: 'away', status: 'DOWN', available: true },
    { id: 'new', status: 'UNKNOWN', available: true },
    { id: 'off', status: 'UP', available: false },
  ]);
  assert.deepEqual(
    trouble.map(({ id, why }) => `${id} ${why.slice(0, 10)}`),
    ['away is DOWN: j', 'off is switche'],
  );
});
