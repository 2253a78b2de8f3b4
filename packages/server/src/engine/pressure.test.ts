import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Pressure } from './pressure.ts';

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

/** Counts the tasks that were let begin. */
function waitAll(pressure: Pressure, count: number): () => number {
  let begun = 0;
  for (let n = 0; n < count; n++)
    void pressure.calm().then(() => {
      begun += 1;
    });
  return () => begun;
}

/** Lets time pass in the steps in which it is looked at. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 5) {
    mock.timers.tick(5);
    await Promise.resolve();
    await Promise.resolve();
  }
}

test('a task begins at once while nobody asks for anything', async () => {
  const pressure = new Pressure();
  const begun = waitAll(pressure, 3);
  await pass(0);
  await Promise.resolve();
  assert.equal(begun(), 3);
});

test('while requests are in hand tasks begin one after the other, some forty a second', async () => {
  const pressure = new Pressure();
  pressure.begin();
  const begun = waitAll(pressure, 100);
  await pass(1_000);
  assert.equal(begun(), 40);
});

test('when it is calm again those that waited begin soon, but not all at once', async () => {
  const pressure = new Pressure();
  pressure.begin();
  const begun = waitAll(pressure, 20);
  pressure.end();
  await pass(5);
  assert.equal(begun(), 2);
  await pass(45);
  assert.equal(begun(), 20);
});

test('who comes while others wait waits behind them', async () => {
  const pressure = new Pressure();
  pressure.begin();
  const first = waitAll(pressure, 1);
  pressure.end();
  const second = waitAll(pressure, 1);
  await Promise.resolve();
  assert.deepEqual([first(), second()], [0, 0]);
  await pass(5);
  assert.deepEqual([first(), second()], [1, 1]);
});
