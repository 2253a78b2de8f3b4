import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canContinue, entityTagOf, isNotModified } from './http-validators.ts';

const FILE = { sizeBytes: 255, modifiedAt: new Date('2026-01-02T03:04:05.678Z') };
const SAME_SECOND = 'Fri, 02 Jan 2026 03:04:05 GMT';

test('a copy is good when its tag is ours, or when nothing was written since its time', () => {
  const tag = entityTagOf(FILE);
  assert.equal(isNotModified({}, FILE), false);
  assert.equal(isNotModified({ 'if-none-match': tag }, FILE), true);
  assert.equal(isNotModified({ 'if-none-match': `"x", ${tag}` }, FILE), true);
  assert.equal(isNotModified({ 'if-none-match': '*' }, FILE), true);
  assert.equal(isNotModified({ 'if-modified-since': SAME_SECOND }, FILE), true);
  assert.equal(isNotModified({ 'if-modified-since': 'Fri, 02 Jan 2026 03:04:04 GMT' }, FILE), false);
  assert.equal(isNotModified({ 'if-modified-since': 'yesterday' }, FILE), false);
  assert.equal(isNotModified({ 'if-none-match': '"x"', 'if-modified-since': SAME_SECOND }, FILE), false);
});

test('a range continues only the version of the exact time', () => {
  assert.equal(canContinue({}, FILE), true);
  assert.equal(canContinue({ 'if-range': SAME_SECOND }, FILE), true);
  assert.equal(canContinue({ 'if-range': entityTagOf(FILE) }, FILE), false);
});
