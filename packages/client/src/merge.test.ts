import assert from 'node:assert/strict';
import { test } from 'node:test';
import { merge } from './merge.ts';

async function* count(name: string, last: number): AsyncGenerator<string> {
  for (let number = 1; number <= last; number++) yield `${name}${number}`;
}

async function* forEver(signal: AbortSignal): AsyncGenerator<string> {
  yield 'first';
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function collect(items: AsyncGenerator<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test('everything comes once, in the order of its source, and all sources have their turn', async () => {
  const all = await collect(
    merge([() => count('a', 50), () => count('b', 50), () => count('c', 0)], { limit: 3 }),
  );
  for (const name of ['a', 'b'])
    assert.deepEqual(
      all.filter((item) => item.startsWith(name)),
      await collect(count(name, 50)),
    );
  assert.ok(all.indexOf('b1') < all.indexOf('a50'), 'none waits for the end of another');
});

test('no more run at once than the limit', async () => {
  let running = 0;
  let most = 0;
  const source = async function* (): AsyncGenerator<string> {
    most = Math.max(most, ++running);
    yield 'a';
    running -= 1;
  };
  assert.equal((await collect(merge(Array(10).fill(source), { limit: 3 }))).length, 10);
  assert.equal(most, 3);
});

test('who leaves ends all sources, and a source that fails ends the others', async () => {
  const ended: string[] = [];
  const watched = (name: string) => (signal: AbortSignal) => {
    signal.addEventListener('abort', () => ended.push(name));
    return forEver(signal);
  };
  for await (const _ of merge([watched('a'), watched('b')], { limit: 2 })) break;
  assert.deepEqual(ended, ['a', 'b']);
  const failing = async function* (): AsyncGenerator<string> {
    yield 'a';
    throw new Error('broken');
  };
  await assert.rejects(collect(merge([watched('c'), failing], { limit: 2 })), /broken/);
  assert.deepEqual(ended, ['a', 'b', 'c']);
});

test('the signal of the whole is that of its sources', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(
    collect(
      merge([(ending) => count(ending.aborted ? 'aborted' : 'running', 1), failWith], { limit: 2, signal }),
    ),
    /enough/,
  );
});

async function* failWith(signal: AbortSignal): AsyncGenerator<string> {
  signal.throwIfAborted();
  yield 'not aborted';
}
