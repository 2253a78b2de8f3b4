import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readClockOffset } from './server-clock.ts';

const DATE = 'Tue, 24 Nov 2026 16:00:00 GMT';
const atMs = Date.parse(DATE);

test('a clock that is wrong by minutes is corrected', () => {
  const offset = readClockOffset(DATE, { sentMs: atMs - 180_000, receivedMs: atMs - 179_000 });
  assert.equal(offset, 180_000);
});

test('a difference that whole seconds cannot tell is none', () => {
  assert.equal(readClockOffset(DATE, { sentMs: atMs + 900, receivedMs: atMs + 1_000 }), 0);
});

test('an answer without a date says nothing', () => {
  assert.equal(readClockOffset(null, { sentMs: 0, receivedMs: 0 }), null);
  assert.equal(readClockOffset('yesterday', { sentMs: 0, receivedMs: 0 }), null);
});
