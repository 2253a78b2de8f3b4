import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { longestLookMs, lookTimes } from './look-times.ts';

test('a system is looked at every 5 s six times after a change, and then every 15 s', () => {
  assert.deepEqual(lookTimes(5_000, 0.5), { quickMs: 5_000, calmMs: 15_000, quickForMs: 32_500 });
});

test('chance moves an interval by a tenth at most', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (chance) => {
      const { quickMs, calmMs } = lookTimes(5_000, chance);
      assert.ok(quickMs >= 4_499 && quickMs <= 5_501);
      assert.ok(calmMs >= 13_499 && calmMs <= longestLookMs(5_000) + 1);
    }),
  );
});
