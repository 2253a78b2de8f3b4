import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemoteEntry, RemoteTree } from '../remote/remote-tree.ts';
import { findClashes, type PlannedEntry } from './download-plan.ts';
import { foldPath } from './safe-target.ts';

const tree = { identity: 'job', render: (path: string) => path } as RemoteTree;

function planned(path: string, to = path, type: 'file' | 'dir' = 'file'): PlannedEntry {
  return { tree, to, entry: { path, type } as RemoteEntry };
}

test('names that differ in case only are two files where the file system says so, else the second is refused', () => {
  const all = [planned('a'), planned('A'), planned('b')];
  const paths = (entries: readonly { path: string }[]) => entries.map(({ path }) => path);
  const kept = (fold: (path: string) => string) => findClashes(all, fold).kept.map(({ to }) => to);
  assert.deepEqual(
    kept((path) => path),
    ['a', 'A', 'b'],
  );
  assert.deepEqual(kept(foldPath), ['a', 'b']);
  assert.deepEqual(paths(findClashes(all, foldPath).clashing), ['A']);
});

test('two files for one place are a clash, two directories are not', () => {
  const files = findClashes([planned('x/a', 'a'), planned('y/a', 'a')], foldPath);
  assert.deepEqual([files.kept.length, files.clashing.length], [1, 1]);
  const both = findClashes([planned('x/a', 'a', 'dir'), planned('y/a', 'a', 'dir')], foldPath);
  assert.deepEqual([both.kept.length, both.clashing.length], [1, 0]);
  const twice = findClashes([planned('a'), planned('a')], foldPath);
  assert.deepEqual([twice.kept.length, twice.clashing.length], [1, 0]);
  const mixed = findClashes([planned('x/a', 'a', 'dir'), planned('y/a', 'a')], foldPath);
  assert.deepEqual([mixed.kept.length, mixed.clashing.length], [1, 1]);
});

test('what would be below a file is refused', () => {
  const { kept, clashing } = findClashes([planned('a/b/c'), planned('a')], (path) => path);
  assert.deepEqual([kept.map(({ to }) => to), clashing.map(({ path }) => path)], [['a'], ['a/b/c']]);
});
