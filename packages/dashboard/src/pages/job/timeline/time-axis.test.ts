import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisPieces, axisTicks, placeOnAxis } from './time-axis.ts';

const MINUTE = 60_000;
const moment = (ms: number) => ({ fromMs: ms, toMs: ms });

test('time without a gap is drawn to scale', () => {
  const pieces = axisPieces([moment(0), { fromMs: 2 * MINUTE, toMs: 4 * MINUTE }, moment(8 * MINUTE)]);
  assert.equal(pieces.length, 1);
  assert.deepEqual(
    [0, 2, 4, 8].map((minutes) => placeOnAxis(pieces, minutes * MINUTE)),
    [0, 0.25, 0.5, 1],
  );
});

test('more than ten minutes without anything are a gap of a fixed width', () => {
  const pieces = axisPieces([
    { fromMs: 0, toMs: MINUTE },
    { fromMs: 500 * MINUTE, toMs: 501 * MINUTE },
  ]);
  assert.deepEqual(
    pieces.map(({ isGap }) => isGap),
    [false, true, false],
  );
  assert.equal(placeOnAxis(pieces, 0), 0);
  assert.ok(Math.abs(placeOnAxis(pieces, 500 * MINUTE) - 0.525) < 1e-9);
  assert.ok(Math.abs(placeOnAxis(pieces, 501 * MINUTE) - 1) < 1e-9);
});

test('exactly ten minutes are none, and what goes on for hours is none', () => {
  assert.equal(axisPieces([moment(0), moment(10 * MINUTE)]).length, 1);
  assert.equal(axisPieces([{ fromMs: 0, toMs: 600 * MINUTE }, moment(300 * MINUTE)]).length, 1);
});

test('many gaps leave room for what happened', () => {
  const pieces = axisPieces(
    Array.from({ length: 41 }, (_, n) => ({ fromMs: n * 60 * MINUTE, toMs: n * 60 * MINUTE + 1_000 })),
  );
  const gaps = pieces.filter(({ isGap }) => isGap).reduce((sum, { from, to }) => sum + to - from, 0);
  assert.ok(gaps <= 0.4 + 1e-9);
});

test('a single moment is in the middle, and no moments are nothing', () => {
  assert.equal(placeOnAxis(axisPieces([moment(5)]), 5), 0.5);
  assert.deepEqual(axisPieces([]), []);
  assert.equal(placeOnAxis([], 5), 0);
});

test('marks stand at round times and never in a gap', () => {
  const pieces = axisPieces([
    { fromMs: 10_300, toMs: 70_000 },
    { fromMs: 90 * MINUTE, toMs: 91 * MINUTE },
  ]);
  const ticks = axisTicks(pieces, 10);
  assert.ok(ticks.length >= 4 && ticks.length <= 12, String(ticks.length));
  assert.ok(ticks.every(({ atMs }) => atMs % 15_000 === 0));
  assert.ok(ticks.every(({ atMs }) => atMs <= 70_000 || atMs >= 90 * MINUTE));
});
