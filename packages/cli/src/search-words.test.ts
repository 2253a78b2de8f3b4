import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearch } from './search-words.ts';

test('conditions of three words become parameters of the API', () => {
  assert.deepEqual(
    parseSearch([
      '--status',
      'eq',
      'FAILED',
      '--app-id',
      'start',
      'pyplot',
      '--Created',
      'after',
      '2026-01-01',
    ]),
    { 'status.eq': 'FAILED', 'appId.like': 'pyplot*', 'created.after': '2026-01-01' },
  );
  assert.deepEqual(parseSearch(['--name', 'like', 'rna']), { 'name.like': '*rna*' });
  assert.deepEqual(parseSearch(['--name', 'like', 'rna*']), { 'name.like': 'rna*' });
  assert.deepEqual(parseSearch(['--name', 'end', '1']), { 'name.like': '*1' });
});

test('a condition that is not complete, an unknown field and a second value are refused', () => {
  const message = (words: string[]) => {
    try {
      return JSON.stringify(parseSearch(words));
    } catch (error) {
      return String(error);
    }
  };
  assert.match(message(['--status', 'eq']), /not complete/);
  assert.match(message(['status', 'eq', 'FAILED']), /not complete/);
  assert.match(message(['--statsu', 'eq', 'FAILED']), /did you mean "status"/);
  assert.match(message(['--name', 'eq', 'a', '--name', 'eq', 'b']), /given twice/);
});
