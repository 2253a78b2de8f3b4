import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findNearestWord, suggestion } from './nearest-word.ts';

test('a mistyped word finds the one that was meant', () => {
  const words = ['width', 'height', 'dataset', 'n'];
  assert.equal(findNearestWord('widht', words), 'width');
  assert.equal(findNearestWord('DataSet', words), 'dataset');
  assert.equal(findNearestWord('colour', words), null);
  assert.equal(findNearestWord('x'.repeat(5000), words), null);
  assert.equal(suggestion('heigt', words), '; did you mean "height"?');
  assert.equal(suggestion('colour', words), '');
});
