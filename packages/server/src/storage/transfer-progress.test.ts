import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgressCounter, type TransferProgress } from './transfer-progress.ts';

/** A counter on a clock that is set by hand, and what it reports. */
function counting(t: { after(end: () => void): void; mock: { timers: MockTimers } }) {
  t.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const reports: TransferProgress[] = [];
  const counter = createProgressCounter({ totalFiles: 2, totalBytes: 1000 }, (report) =>
    reports.push(report),
  );
  t.after(() => counter.stop());
  return { counter, reports, pass: (ms: number) => t.mock.timers.tick(ms) };
}

interface MockTimers {
  enable(options: { readonly apis: ('setInterval' | 'Date')[] }): void;
  tick(ms: number): void;
}

test('a thousand chunks within 250 ms are one report', (t) => {
  const { counter, reports, pass } = counting(t);
  counter.startFile();
  for (let n = 0; n < 500; n++) counter.addBytes(1);
  pass(250);
  for (let n = 0; n < 500; n++) counter.addBytes(1);
  assert.equal(reports.length, 1);
  assert.equal(reports[0]?.bytesTransferred, 501);
});

test('what was counted last is reported even when nothing follows', (t) => {
  const { counter, reports, pass } = counting(t);
  counter.startFile();
  counter.addBytes(7);
  pass(5_000);
  assert.equal(reports.at(-1)?.bytesTransferred, 7);
  pass(5_000);
  assert.equal(reports.length, 1);
});

test('bytes that were there already count as transferred, and not into the rate', (t) => {
  const { counter, reports, pass } = counting(t);
  counter.startFile();
  counter.addKept(900);
  pass(2_000);
  counter.addBytes(100);
  counter.finish();
  const last = reports.at(-1);
  assert.equal(last?.bytesTransferred, 1000);
  assert.equal(last.bytesKept, 900);
  assert.equal(last.averageRate, 50);
});

test('a transfer of which no byte moves for a minute is reported as stalled, once, until one moves', (t) => {
  const { counter, reports, pass } = counting(t);
  counter.startFile();
  counter.addBytes(10);
  pass(55_000);
  assert.equal(reports.at(-1)?.isStalled, false);
  pass(5_000);
  const stalled = reports.at(-1);
  assert.equal(stalled?.isStalled, true);
  assert.equal(stalled.lastByteAt.getTime(), 0);
  const count = reports.length;
  pass(60_000);
  assert.equal(reports.length, count);
  counter.addBytes(1);
  assert.equal(reports.at(-1)?.isStalled, false);
});

test('a transfer without an active file is not stalled, and after its end nothing is reported', (t) => {
  const { counter, reports, pass } = counting(t);
  pass(120_000);
  assert.equal(reports.length, 0);
  counter.startFile();
  assert.equal(reports.at(-1)?.isStalled, false);
  counter.stop();
  pass(120_000);
  assert.equal(reports.length, 1);
});
