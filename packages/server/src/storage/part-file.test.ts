import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKPOINT_BYTES, isPartName, partPath, safePartBytes } from './part-file.ts';

test('of a part all but the last two checkpoints are safe', () => {
  const sizes = [
    0,
    1,
    CHECKPOINT_BYTES,
    2 * CHECKPOINT_BYTES - 1,
    2 * CHECKPOINT_BYTES,
    5.5 * CHECKPOINT_BYTES,
  ];
  assert.deepEqual(
    sizes.map((size) => safePartBytes(size) / CHECKPOINT_BYTES),
    [0, 0, 0, 0, 1, 4],
  );
});

test('a part lies beside its file, under a name that depends on both and that no listing shows', () => {
  const path = partPath('/a/b', 'key');
  assert.equal(path, partPath('/a/b', 'key'));
  assert.ok(path.startsWith('/a/') && isPartName(path.slice(3)));
  for (const other of [partPath('/a/c', 'key'), partPath('/a/b', 'other')]) assert.notEqual(other, path);
});

test('a part of the longest name there is has a name of its own that is not longer', () => {
  assert.ok(partPath(`/${'x'.repeat(255)}`, 'k'.repeat(40)).length <= 256);
});
