import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanText, fitText, renderJson, textWidth } from './clean-text.ts';

test('escape sequences, line ends and marks of direction do not reach the terminal', () => {
  assert.equal(cleanText('a\x1b[2Jb\r\nc\u009b31md\u202ee\x00'), 'a[2Jb c31mde');
});

test('JSON keeps every value and holds nothing that a terminal obeys', () => {
  const value = { name: 'x\x1b]0;owned\x07\u009b2J\u202e' };
  const json = renderJson(value);
  assert.deepEqual(JSON.parse(json), value);
  // oxlint-disable-next-line eslint/no-control-regex
  assert.doesNotMatch(json.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u202e]/);
});

test('widths count columns: wide characters and emoji two, joined ones one character', () => {
  assert.deepEqual(['abc', '日本', '🙂', 'e\u0301'].map(textWidth), [3, 4, 2, 1]);
});

test('a text is cut at its end or in its middle, never wider than asked for', () => {
  assert.equal(fitText('abcdef', 6), 'abcdef');
  assert.equal(fitText('abcdefgh', 5), 'abcd…');
  assert.equal(fitText('abcdefgh', 5, 'middle'), 'ab…gh');
  assert.equal(fitText('abcdefgh', 6, 'end', '..'), 'abcd..');
  assert.equal(fitText('日本語日本語', 5), '日本…');
});
