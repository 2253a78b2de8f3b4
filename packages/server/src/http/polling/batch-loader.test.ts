import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BatchLoader } from './batch-loader.ts';

/** Loads that end when the test says so. */
function loads(maxKeys = 3) {
  const sent: { readonly keys: readonly string[]; readonly asOf: number; end(error?: Error): void }[] = [];
  const clock = { now: 1 };
  const loader = new BatchLoader<string, string>({
    load: (requests, asOf) =>
      new Promise((resolve, reject) => {
        const found = new Map([...requests].map(([key, request]) => [key, `${request} as of ${asOf}`]));
        const end = (error?: Error) => (error === undefined ? resolve(found) : reject(error));
        sent.push({ keys: [...requests.keys()], asOf, end });
      }),
    now: () => clock.now,
    maxKeys,
  });
  return { sent, clock, load: (key: string, after = 0) => loader.load(key, `the ${key}`, after) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked for together is one query, and a key is in it once', async () => {
  const { sent, load } = loads();
  const answers = Promise.all([load('a'), load('b'), load('a')]);
  await turn();
  assert.deepEqual(
    sent.map(({ keys }) => keys),
    [['a', 'b']],
  );
  sent[0]?.end();
  assert.deepEqual(await answers, ['the a as of 1', 'the b as of 1', 'the a as of 1']);
});

test('a query that was sent before a change does not answer for the time after it', async () => {
  const { sent, clock, load } = loads();
  const before = load('a', 1);
  await turn();
  clock.now = 2;
  const joined = load('a', 1);
  const after = load('a', 2);
  await turn();
  assert.deepEqual(
    sent.map(({ asOf }) => asOf),
    [1, 2],
  );
  sent[1]?.end();
  assert.equal(await after, 'the a as of 2');
  sent[0]?.end();
  assert.deepEqual([await before, await joined], ['the a as of 1', 'the a as of 1']);
});

test('while two queries are under way the others gather, at most so many keys in one', async () => {
  const { sent, load } = loads();
  const all = [load('a')];
  await turn();
  all.push(load('b'));
  await turn();
  all.push(...['c', 'd', 'e', 'f'].map((key) => load(key)));
  await turn();
  assert.deepEqual(
    sent.map(({ keys }) => keys),
    [['a'], ['b']],
  );
  sent[0]?.end();
  await turn();
  assert.deepEqual(sent[2]?.keys, ['c', 'd', 'e']);
  for (const query of [1, 2]) sent[query]?.end();
  await turn();
  assert.deepEqual(sent[3]?.keys, ['f']);
  sent[3]?.end();
  assert.equal((await Promise.all(all)).length, 6);
});

test('a query that fails fails for those who asked, and the next one is sent all the same', async () => {
  const { sent, load } = loads();
  const failing = load('a');
  await turn();
  sent[0]?.end(new Error('the database is away'));
  await assert.rejects(failing, /away/);
  const next = load('a');
  await turn();
  sent[1]?.end();
  assert.equal(await next, 'the a as of 1');
});
