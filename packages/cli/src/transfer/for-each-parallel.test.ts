import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachParallel } from './for-each-parallel.ts';

const { signal } = new AbortController();

test('every item has its turn, no more at once than the limit', async () => {
  const done: number[] = [];
  let [now, most] = [0, 0];
  await forEachParallel([1, 2, 3, 4, 5], { limit: 2, signal }, async (item) => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now -= 1;
    done.push(item);
  });
  assert.deepEqual([done.toSorted((a, b) => a - b), most], [[1, 2, 3, 4, 5], 2]);
});

test('the first failure ends the others and is thrown', async () => {
  const begun: number[] = [];
  const work = async (item: number, ending: AbortSignal) => {
    begun.push(item);
    if (item === 1) throw new Error('first');
    await new Promise((_, reject) => {
      ending.addEventListener('abort', () => reject(ending.reason));
    });
  };
  await assert.rejects(forEachParallel([0, 1, 2, 3], { limit: 2, signal }, work), /first/);
  assert.deepEqual(begun, [0, 1]);
});

test('nothing is begun for nobody', async () => {
  const work = () => Promise.reject(new Error('never'));
  await forEachParallel([], { limit: 4, signal }, work);
  await assert.rejects(forEachParallel([1], { limit: 4, signal: AbortSignal.abort('left') }, work), /left/);
});
