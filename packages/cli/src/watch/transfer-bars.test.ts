import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry, JobEventId } from '@arras/contract';
import { renderTransferBars } from './transfer-bars.ts';

const EVENT_ID = '000001700000000000-0123abcd-4567-028' as JobEventId;

function transfer(moved: number, total: number, source = 'agave://store/a.csv'): HistoryEntry {
  const progress = {
    source,
    totalActiveTransfers: moved < total ? 1 : 0,
    totalFiles: 1,
    totalBytes: total,
    totalBytesTransferred: moved,
    averageRate: 2_000,
  };
  return {
    progress,
    created: '2026-01-01T00:00:00.000Z',
    createdBy: 'ada',
    status: 'STAGING_INPUTS',
    id: EVENT_ID,
    seq: 1,
  };
}

test('a bar shows share, bytes, rate and source', () => {
  assert.deepEqual(renderTransferBars([transfer(1_606, 3_212)], { unicode: true }), [
    '██████████░░░░░░░░░░  50 %  1.6 kB of 3.2 kB  2 kB/s  a.csv',
  ]);
});

test('a bar is ASCII where symbols cannot be shown, and a whole transfer has no rate', () => {
  assert.deepEqual(renderTransferBars([transfer(5, 5)], { unicode: false }), [
    '#################### 100 %  5 B of 5 B  a.csv',
  ]);
});

test('an empty file is a whole transfer', () => {
  assert.match(renderTransferBars([transfer(0, 0)], { unicode: true }).join(), /100 %/);
});

test('transfers under way hide those that are done, and at most three are shown', () => {
  const bars = renderTransferBars(
    [transfer(9, 9), ...[1, 2, 3, 4].map((moved) => transfer(moved, 9, `file ${moved}`))],
    { unicode: true },
  );
  assert.deepEqual(
    bars.map((bar) => bar.slice(-6)),
    ['file 2', 'file 3', 'file 4'],
  );
});

test('a source cannot obey the terminal', () => {
  assert.ok(
    !renderTransferBars([transfer(1, 2, 'a\x1b[2J')], { unicode: true })
      .join()
      .includes('\x1b'),
  );
});

test('a transfer that has not moved for long is called stalled', () => {
  const [bar] = renderTransferBars([transfer(5, 10)], { unicode: true }, () => 130_000);
  assert.match(bar ?? '', /5 B of 10 B  stalled for 2m 10s  a\.csv$/);
  assert.doesNotMatch(
    renderTransferBars([transfer(10, 10)], { unicode: true }, () => 130_000).join(),
    /stalled/,
  );
});
