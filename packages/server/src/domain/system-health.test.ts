import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthStatusOf, worstHealth } from './system-health.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute));

test('a part is down only after several failures in a row', () => {
  assert.deepEqual([0, 1, 2, 3, 900].map(healthStatusOf), ['ok', 'degraded', 'degraded', 'down', 'down']);
});

test('a system is as its worst part, since that part is', () => {
  const good = { failures: 0, since: at(9) };
  const bad = { failures: 1, since: at(5) };
  const dead = { failures: 7, since: at(7) };
  assert.deepEqual(worstHealth([good, dead, bad]), { status: 'down', since: at(7) });
  assert.deepEqual(worstHealth([good, bad]), { status: 'degraded', since: at(5) });
});

test('a system is well since its last part is, and bad since the first', () => {
  assert.deepEqual(
    worstHealth([
      { failures: 0, since: at(1) },
      { failures: 0, since: at(3) },
    ]),
    { status: 'ok', since: at(3) },
  );
  assert.deepEqual(
    worstHealth([
      { failures: 4, since: at(8) },
      { failures: 5, since: at(6) },
    ]),
    { status: 'down', since: at(6) },
  );
});

test('of a system that nobody has used nothing is known', () => {
  assert.deepEqual(worstHealth([]), { status: 'unknown', since: null });
});
