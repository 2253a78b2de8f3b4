import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kept } from './load-meter.ts';

/** Counts by hand. */
function createCounting(forMs: number) {
  const clock = { ms: 0 };
  const begun: PromiseWithResolvers<number>[] = [];
  const count = () => {
    const one = Promise.withResolvers<number>();
    begun.push(one);
    return one.promise;
  };
  return { clock, begun, read: kept(count, forMs, () => clock.ms) };
}

test('what was counted is good for a while, and then counted again', async () => {
  const { clock, begun, read } = createCounting(1_000);
  const first = read();
  begun[0]?.resolve(1);
  assert.equal(await first, 1);
  clock.ms = 999;
  assert.equal(await read(), 1);
  clock.ms = 1_000;
  const second = read();
  begun[1]?.resolve(2);
  assert.equal(await second, 2);
});

test('who asks while a count is under way waits for it, however long it takes', async () => {
  const { clock, begun, read } = createCounting(1_000);
  const first = read();
  clock.ms = 60_000;
  const second = read();
  assert.equal(begun.length, 1);
  begun[0]?.resolve(1);
  assert.deepEqual(await Promise.all([first, second]), [1, 1]);
});

test('the longer a count took, the longer it is good', async () => {
  const { clock, begun, read } = createCounting(1_000);
  const first = read();
  clock.ms = 500;
  begun[0]?.resolve(1);
  await first;
  clock.ms = 4_999;
  assert.equal(await read(), 1);
  clock.ms = 5_000;
  void read();
  assert.equal(begun.length, 2);
});

test('a count that failed is made again by whoever asks next', async () => {
  const { begun, read } = createCounting(1_000);
  const first = read();
  begun[0]?.reject(new Error('away'));
  await assert.rejects(first, /away/);
  const second = read();
  begun[1]?.resolve(2);
  assert.equal(await second, 2);
});
