import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemoteEntry } from '../remote/remote-tree.ts';
import { sumUp } from './disk-usage.ts';

const entry = (path: string, sizeBytes: number | null): RemoteEntry =>
  ({ path, sizeBytes: sizeBytes ?? 0, type: sizeBytes === null ? 'dir' : 'file' }) as RemoteEntry;
const entries = [
  entry('/top/big', null),
  entry('/top/big/a', 10),
  entry('/top/big/deep', null),
  entry('/top/big/deep/b', 20),
  entry('/top/empty', null),
  entry('/top/c', 1),
];

test('directories are summed with all they hold, the largest last, then everything', () => {
  assert.deepEqual(sumUp({ base: '/top', file: null, entries }, null), [
    { path: '/top/empty', files: 0, length: 0 },
    { path: '/top/big', files: 2, length: 30 },
    { path: '/top', files: 3, length: 31 },
  ]);
});

test('with a pattern only what fits it is shown', () => {
  assert.deepEqual(sumUp({ base: '/top', file: null, entries }, '*/*'), [
    { path: '/top/big/a', files: 1, length: 10 },
    { path: '/top/big/deep', files: 1, length: 20 },
  ]);
  assert.deepEqual(sumUp({ base: '/top', file: null, entries }, 'none*'), []);
});
