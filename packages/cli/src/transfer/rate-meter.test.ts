import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateMeter } from './rate-meter.ts';

test('two samples are too few, three give the rate', () => {
  const meter = new RateMeter();
  meter.note(0, 0);
  meter.note(500, 500);
  assert.equal(meter.bytesPerSecond, null);
  meter.note(1_000, 1_000);
  assert.equal(meter.bytesPerSecond, 1_000);
});

test('what was long ago counts no more', () => {
  const meter = new RateMeter();
  for (let second = 0; second <= 20; second++)
    meter.note(second < 10 ? 0 : (second - 10) * 100, second * 1_000);
  assert.equal(meter.bytesPerSecond, 100);
});
