import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileList } from './compile-list.ts';

const about = { now: new Date('2026-03-02T00:00:00Z'), username: 'ada' };

test('a filter becomes a list, and the conditions that its chips count by', () => {
  const compiled = compileList('status:failed owner:me', about);
  assert.ok(compiled.ok);
  assert.deepEqual(compiled.request.chips, { 'owner.eq': 'ada' });
  assert.equal(compiled.query['orderBy'], 'created');
});

test('without a condition on the status the chips count the list itself', () => {
  const compiled = compileList('owner:me sort:name', about);
  assert.ok(compiled.ok);
  assert.equal(compiled.request.chips, null);
});

test('a filter that cannot be read says what is wrong, and at which character', () => {
  const compiled = compileList('owner:me created:>7x', about);
  assert.ok(!compiled.ok);
  assert.equal(compiled.problem.position, 19);
  assert.match(compiled.problem.message, /unknown unit 'x'/);
});
