import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry, JobEventId, TransferProgress } from '@arras/contract';
import { addSample, type RateSample, steadyRate } from './rate-samples.ts';
import { listTransfers, shareOf, sumTransfers } from './transfer-list.ts';

function entry(seq: number, status: string, progress: Partial<TransferProgress>): HistoryEntry {
  return {
    id: `e${seq}` as JobEventId,
    seq,
    status,
    created: `2026-03-04T10:00:0${seq}.000+00:00`,
    createdBy: 'ada',
    progress: {
      source: 'agave://home/reads.fq',
      totalActiveTransfers: 0,
      totalFiles: 1,
      totalBytesTransferred: 100,
      totalBytes: 100,
      averageRate: 10,
      ...progress,
    },
  };
}

test('a transfer that was begun twice is one, as far as it is now', () => {
  const transfers = listTransfers([
    entry(1, 'STAGING_INPUTS', { uuid: 't1', totalBytesTransferred: 10 }),
    entry(2, 'STAGING_INPUTS', { uuid: 't1', totalBytesTransferred: 60, totalActiveTransfers: 1 }),
    entry(3, 'ARCHIVING', {}),
  ]);
  assert.deepEqual(
    transfers.map(({ id, tries, direction, isUnderWay }) => [id, tries, direction, isUnderWay]),
    [
      ['t1', 2, 'input', true],
      ['e3', 1, 'output', false],
    ],
  );
  assert.equal(transfers[0]?.created, '2026-03-04T10:00:01.000+00:00');
  assert.deepEqual(sumTransfers(transfers), { bytes: 160, totalBytes: 200, underWay: 1 });
});

test('an empty file is whole', () => {
  assert.equal(shareOf(0, 0), 1);
  assert.equal(shareOf(1, 4), 0.25);
  assert.equal(shareOf(9, 4), 1, 'a file that grew while it was copied');
});

test('a rate is told only when it is steady', () => {
  const collect = (...samples: [number, number][]) =>
    steadyRate(
      samples.reduce<readonly RateSample[]>((all, [atMs, bytes]) => addSample(all, { atMs, bytes }), []),
    );
  assert.equal(collect([0, 0], [1_000, 100]), null);
  assert.equal(collect([0, 0], [1_000, 100], [2_000, 200]), 100);
  assert.equal(collect([0, 0], [1_000, 100], [2_000, 1_000]), null);
  assert.equal(collect([0, 0], [100, 50], [1_000, 100], [2_000, 200]), 100, 'looks that are too close');
  assert.equal(collect([0, 500], [1_000, 100], [2_000, 200]), null, 'begun anew');
});
