import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLogPlace, renderLogPlace } from './log-place.ts';

test('what a fragment names is rendered to the same fragment', () => {
  for (const fragment of ['#L120', '#L120-L140', '#B1048576', '#err:L3', '#out:B0-B77']) {
    const place = parseLogPlace(fragment);
    assert.ok(place !== null);
    assert.equal(renderLogPlace(place), fragment);
  }
});

test('the ends of a range may come in either order, and lines begin with 1', () => {
  assert.deepEqual(parseLogPlace('#L9-L3'), parseLogPlace('#L3-L9'));
  assert.deepEqual(parseLogPlace('#L0'), parseLogPlace('#L1'));
});

test('anything else names no place', () => {
  for (const fragment of ['', '#', '#L', '#timeline', '#L1x', '#L99999999999999999999', '#in:L1'])
    assert.equal(parseLogPlace(fragment), null, fragment);
});
