import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeFormat } from './timestamp.ts';

const CASES: readonly (readonly [zone: string, instant: string, expected: string])[] = [
  ['UTC', '2018-01-26T21:08:02.007Z', '2018-01-26T21:08:02.007+00:00'],
  ['Etc/UTC', '2018-01-26T21:08:02.000Z', '2018-01-26T21:08:02.000+00:00'],
  ['America/Chicago', '2018-01-26T21:08:02.000Z', '2018-01-26T15:08:02.000-06:00'],
  ['America/Chicago', '2014-10-24T09:48:08.123Z', '2014-10-24T04:48:08.123-05:00'],
  ['Asia/Kolkata', '2026-12-31T18:30:00.999Z', '2027-01-01T00:00:00.999+05:30'],
  ['America/St_Johns', '2026-01-01T03:29:59.000Z', '2025-12-31T23:59:59.000-03:30'],
];

for (const [zone, instant, expected] of CASES) {
  test(`${instant} is ${expected} in ${zone}`, () => {
    assert.equal(createTimeFormat(zone)(new Date(instant)), expected);
    assert.equal(Date.parse(expected), Date.parse(instant));
  });
}

test('a zone that nobody knows is refused', () => {
  assert.throws(() => createTimeFormat('Mars/Olympus'), RangeError);
});
