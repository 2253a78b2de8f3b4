import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiFailure } from '../api/api-failure.ts';
import { Loader } from './loader.ts';

const failure = () =>
  new ApiFailure({ status: 503, code: null, message: 'down', problems: [], requestId: null });

test('a failure keeps what was read before, and says as of when', async () => {
  let nowMs = 10;
  const loader = new Loader<string>(() => nowMs);
  assert.equal(loader.state.value.kind, 'loading');
  await loader.load(async () => 'first');
  nowMs = 20;
  await loader.load(() => Promise.reject(failure()));
  const { kind, value, asOf } = loader.state.value;
  assert.deepEqual([kind, value, asOf], ['failed', 'first', 10]);
  await loader.load(async () => 'second');
  assert.deepEqual([loader.state.value.kind, loader.state.value.asOf], ['ready', 20]);
});

test('of two reads the one that was begun last counts', async () => {
  const loader = new Loader<string>(() => 0);
  const slow = Promise.withResolvers<string>();
  const first = loader.load(() => slow.promise);
  await loader.load(async () => 'last');
  slow.resolve('first');
  await first;
  assert.equal(loader.state.value.value, 'last');
});

test('a read that is given up is no failure', async () => {
  const loader = new Loader<string>(() => 0);
  const read = loader.load(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  loader.stop();
  assert.equal(await read, null);
  assert.equal(loader.state.value.kind, 'loading');
});

test('a defect of the page is shown as a failure too', async () => {
  const loader = new Loader<string>(() => 0);
  const shown = await loader.load(() => Promise.reject(new TypeError('x is undefined')));
  assert.match(shown?.facts.message ?? '', /x is undefined/);
});
