import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrange } from './contents.ts';

test('guides come first, and among them the one about the first job', () => {
  const parts = arrange([
    { path: 'glossary', title: 'Glossary' },
    { path: 'guides/apps', title: 'Apps' },
    { path: 'guides/first-job', title: 'The first job' },
  ]);
  assert.deepEqual(
    parts.map(({ title, documents }) => [title, ...documents.map(({ path }) => path)]),
    [
      ['Guides', 'guides/first-job', 'guides/apps'],
      ['About', 'glossary'],
    ],
  );
});
