import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../../../../../tests/support/eventually.ts';
import type { FollowHost } from './follow-log.ts';
import { LogSearch } from './log-search.ts';
import type { LogSource } from './log-source.ts';
import { LogView } from './log-view.ts';
import { readLines, showPlace } from './show-place.ts';

/** A file in memory, of which every reading is counted. */
class FakeFile {
  bytes: Uint8Array;
  read = 0;
  readonly #followers: ((bytes: Uint8Array) => void)[] = [];

  constructor(text: string) {
    this.bytes = new TextEncoder().encode(text);
  }

  readonly source: LogSource = {
    read: (start, end) => {
      const bytes = this.bytes.slice(start, end);
      this.read += bytes.length;
      return Promise.resolve({ bytes, size: this.bytes.length });
    },
    stream: (start) => this.#stream(start),
    follow: (start) => Promise.resolve(this.#follow(start)),
  };

  append(text: string): void {
    const more = new TextEncoder().encode(text);
    const all = new Uint8Array(this.bytes.length + more.length);
    all.set(this.bytes);
    all.set(more, this.bytes.length);
    this.bytes = all;
    for (const tell of this.#followers.splice(0)) tell(more);
  }

  async *#stream(start: number): AsyncGenerator<Uint8Array, void> {
    for (let at = start; at < this.bytes.length; at += 65_536) {
      const bytes = this.bytes.slice(at, at + 65_536);
      this.read += bytes.length;
      yield await Promise.resolve(bytes);
    }
  }

  async *#follow(start: number): AsyncGenerator<Uint8Array, void> {
    yield* this.#stream(start);
    for (;;) yield await new Promise<Uint8Array>((resolve) => this.#followers.push(resolve));
  }
}

const HOST: FollowHost = {
  isOver: () => false,
  shown: () => Promise.resolve(),
  interruption: (signal) => ({ signal, [Symbol.dispose]: () => undefined }),
  takeConnection: () => Promise.resolve({ [Symbol.dispose]: () => undefined }),
  wait: () => Promise.resolve(),
};

const lineOf = (number: number) => `line ${String(number).padStart(6, '0')} ${'.'.repeat(87)}\n`;
const linesOf = (count: number, first = 1) =>
  Array.from({ length: count }, (_, index) => lineOf(first + index)).join('');

function open(text: string, host: FollowHost | null = null) {
  const file = new FakeFile(text);
  const view = new LogView({ source: file.source, size: file.bytes.length, host });
  return { file, view, [Symbol.dispose]: () => view.close() };
}

const textAt = (view: LogView, index: number) => view.window.at(index)?.text.slice(0, 11);

test('a large log opens at its end without being read, and a place far away is near', async () => {
  using bed = open(linesOf(200_000));
  const { view, file } = bed;
  await view.toEnd();
  assert.ok(view.window.count >= 1_000);
  assert.equal(textAt(view, view.window.count - 1), 'line 200000');
  assert.ok(file.read < 1_000_000, String(file.read));
  assert.equal(view.numberOf(0), null);
  await view.toPosition(10_000_050);
  assert.equal(textAt(view, view.window.indexOf(10_000_050)), 'line 100001');
  assert.equal(view.isPinned.value, false);
});

test('lines have numbers once they are counted, wherever the window goes', async () => {
  using bed = open(linesOf(200_000));
  const { view } = bed;
  const isNumbered = () => view.numberOf(0) === Number(textAt(view, 0)?.slice(5));
  await view.toEnd();
  await view.countLines();
  assert.ok(isNumbered());
  await view.loadBefore();
  assert.ok(isNumbered());
  view.isPinned.value = false;
  for (let times = 0; times < 30; times++) await view.loadBefore();
  assert.ok(isNumbered());
  assert.ok(view.window.count <= 50_000);
  await view.toPosition(12_345_678);
  await eventually('numbers after a jump', isNumbered);
  for (let times = 0; times < 50; times++) await view.loadAfter();
  assert.ok(isNumbered());
  assert.ok(view.window.count <= 50_000);
});

test('a line is found by its number, counting no further than it', async () => {
  using bed = open(linesOf(100_000));
  const { view, file } = bed;
  await showPlace(view, { kind: null, from: { by: 'line', at: 1_200 }, to: { by: 'line', at: 1_203 } });
  assert.deepEqual(view.chosen.value, { from: 119_900, to: 120_200 });
  assert.ok(file.read < 1_500_000, String(file.read));
  assert.equal((await readLines(view, view.chosen.value)).split('\n').length, 5);
  await showPlace(view, {
    kind: null,
    from: { by: 'byte', at: 5_000_042 },
    to: { by: 'byte', at: 5_000_042 },
  });
  assert.deepEqual(view.chosen.value, { from: 5_000_000, to: 5_000_000 });
  await showPlace(view, { kind: null, from: { by: 'line', at: 1e9 }, to: { by: 'line', at: 1e9 } });
  assert.equal(textAt(view, view.window.indexOf(view.chosen.value?.from ?? 0)), 'line 100000');
});

test('what comes is shown at the end, and counted where the reader is elsewhere', async () => {
  using bed = open(linesOf(20_000), HOST);
  const { view, file } = bed;
  await view.toEnd();
  void view.follow();
  await eventually('the stream', () => view.followState.value === 'live');
  file.append('new 1\nnew 2\n');
  await eventually('new lines', () => textAt(view, view.window.count - 1) === 'new 2');
  assert.equal(view.newLines.value, 0);
  await view.toBeginning();
  await eventually('the beginning', () => textAt(view, 0) === lineOf(1).slice(0, 11));
  file.append('new 3\nnew 4\nnew 5\n');
  await eventually('the count of new lines', () => view.newLines.value === 3);
  assert.notEqual(textAt(view, view.window.count - 1), 'new 5');
  await view.toEnd();
  assert.equal(textAt(view, view.window.count - 1), 'new 5');
  assert.equal(view.newLines.value, 0);
});

test('a search looks at what is loaded, then at the whole file and at what comes', async () => {
  using bed = open(`${linesOf(100)}needle\n${linesOf(100_000)}needle\n`, HOST);
  const { view, file } = bed;
  const search = new LogSearch(view);
  await view.toEnd();
  void view.follow();
  search.setQuery('needle');
  assert.equal(search.matches.value.length, 1);
  await search.searchWhole();
  assert.deepEqual(search.matches.value.slice(0, 1), [10_000]);
  assert.equal(search.matches.value.length, 2);
  file.append('another needle\n');
  await eventually('the new match', () => search.matches.value.length === 3);
  await search.step(1, 0);
  await search.step(-1, 0);
  assert.equal(search.current.value, search.matches.value.at(-1));
});
