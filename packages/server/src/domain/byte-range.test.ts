import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseByteRange } from './byte-range.ts';

test('a range is read as RFC 9110 says', () => {
  const part = (start: number, end: number) => ({ kind: 'part', start, end });
  const cases: readonly (readonly [string | undefined, object])[] = [
    [undefined, { kind: 'whole' }],
    ['bytes=0-9', part(0, 9)],
    ['bytes=10-', part(10, 99)],
    ['bytes=-10', part(90, 99)],
    ['bytes=-1000', part(0, 99)],
    ['bytes=90-1000', part(90, 99)],
    ['bytes=5-6,8-9', part(5, 6)],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=9-5', { kind: 'whole' }],
    ['bytes=x-', { kind: 'whole' }],
    ['items=0-9', { kind: 'whole' }],
  ];
  for (const [header, expected] of cases) assert.deepEqual(parseByteRange(header, 100), expected, header);
});

test('an empty file satisfies no range', () => {
  for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-5']) {
    assert.deepEqual(parseByteRange(header, 0), { kind: 'unsatisfiable' }, header);
  }
});

test('a part always lies inside the file', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^bytes=[0-9]{0,4}-[0-9]{0,4}$/), fc.nat(2000), (header, length) => {
      const range = parseByteRange(header, length);
      assert.ok(range.kind !== 'part' || (range.start <= range.end && range.end < length));
    }),
  );
});
