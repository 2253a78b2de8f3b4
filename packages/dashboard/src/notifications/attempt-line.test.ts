import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptLineOf, gapWidth } from './attempt-line.ts';
import type { AttemptRow } from './read-attempts.ts';

function attempt(second: number): AttemptRow {
  return { id: `a${second}`, startTime: new Date(second * 1_000).toISOString() } as unknown as AttemptRow;
}

test('the line of attempts has the time between them, and folds what does not fit', () => {
  const few = attemptLineOf([attempt(0), attempt(5), attempt(65)]);
  assert.deepEqual([few.folded, few.marks.map(({ gapSeconds }) => gapSeconds)], [0, [null, 5, 60]]);
  const many = attemptLineOf(Array.from({ length: 13 }, (_, index) => attempt(index)));
  assert.deepEqual([many.folded, many.marks.length, many.marks[0]?.attempt.id], [3, 10, 'a3']);
  assert.deepEqual(attemptLineOf([]), { marks: [], folded: 0 });
});

test('a gap is drawn by its order of magnitude', () => {
  assert.deepEqual([5, 60, 3_599, 3_600].map(gapWidth), ['short', 'medium', 'medium', 'long']);
});
