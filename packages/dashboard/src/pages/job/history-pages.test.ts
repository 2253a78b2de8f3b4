import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry, JobEventId, TransferProgress } from '@arras/contract';
import { HISTORY_PAGE, readHistory } from './history-pages.ts';

function entry(seq: number, active?: number): HistoryEntry {
  const progress: TransferProgress = {
    source: 's',
    totalActiveTransfers: active ?? 0,
    totalFiles: 1,
    totalBytesTransferred: 1,
    totalBytes: 1,
    averageRate: 0,
  };
  return {
    id: `e${seq}` as JobEventId,
    seq,
    status: 'RUNNING',
    created: '2026-03-04T10:00:00.000+00:00',
    createdBy: 'ada',
    ...(active !== undefined && { progress }),
  };
}

/** A service with these entries, and what it was asked for. */
function service(all: readonly HistoryEntry[]) {
  const asked: number[] = [];
  const readAfter = (since: number) => {
    asked.push(since);
    return Promise.resolve(all.filter(({ seq }) => seq > since).slice(0, HISTORY_PAGE));
  };
  return { asked, readAfter };
}

test('a long history is read page by page', async () => {
  const { asked, readAfter } = service(Array.from({ length: 600 }, (_, n) => entry(n + 1)));
  assert.equal((await readHistory([], readAfter)).length, 600);
  assert.deepEqual(asked, [0, 250, 500]);
});

test('of a known history only the news are read', async () => {
  const { asked, readAfter } = service([1, 2, 3].map((n) => entry(n)));
  const history = await readHistory([entry(1), entry(2)], readAfter);
  assert.deepEqual(
    history.map(({ seq }) => seq),
    [1, 2, 3],
  );
  assert.deepEqual(asked, [2]);
});

test('an entry whose transfer goes on is read again', async () => {
  const { asked, readAfter } = service([entry(1), entry(2, 0), entry(3)]);
  const history = await readHistory([entry(1), entry(2, 1), entry(3)], readAfter);
  assert.deepEqual(asked, [1]);
  assert.equal(history[1]?.progress?.totalActiveTransfers, 0);
});
