import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGatherer } from './gatherer.ts';

/** Runs whose groups are kept, and which end when the test lets them. */
function createRuns() {
  const groups: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const run = async (items: readonly number[]) => {
    groups.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    return items.map((item) => item * 10);
  };
  /** Ends each run as soon as it is there. */
  const endAll = async (all: Promise<unknown>) => {
    const state = { isOver: false };
    void all.finally(() => {
      state.isOver = true;
    });
    while (!state.isOver) {
      for (const end of ends.splice(0)) end();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { groups, run, endAll };
}

test('a lone item goes at once; what comes while it is under way goes together', async () => {
  const { groups, run, endAll } = createRuns();
  const gather = createGatherer({ most: 3, run });
  const answers = [1, 2, 3, 4, 5].map(gather);
  assert.deepEqual(groups, [[1]]);
  await endAll(Promise.all(answers));
  assert.deepEqual(groups, [[1], [2, 3, 4], [5]]);
  assert.deepEqual(await Promise.all(answers), [10, 20, 30, 40, 50]);
});

test('a group is no heavier than its capacity, but for an item that alone is', async () => {
  const { groups, run, endAll } = createRuns();
  const gather = createGatherer({ most: 10, capacity: { weigh: (item) => item, most: 10 }, run });
  const answers = [1, 4, 6, 1, 50, 2].map(gather);
  await endAll(Promise.all(answers));
  assert.deepEqual(groups, [[1], [4, 6], [1], [50], [2]]);
});

test('a group that fails fails each of its items, and the next one goes on', async () => {
  let isBroken = true;
  const gather = createGatherer({
    most: 10,
    run: async (items: readonly number[]) => {
      if (isBroken) throw new Error('the connection was cut');
      return items;
    },
  });
  await assert.rejects(gather(1), /cut/);
  isBroken = false;
  assert.equal(await gather(2), 2);
});
