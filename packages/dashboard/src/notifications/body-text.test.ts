import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyText, headText } from './body-text.ts';

test('JSON is laid out over lines, and what only looks like it stays as it is', () => {
  assert.equal(bodyText('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}');
  for (const text of ['', 'ok', '12', '{"cut": "of', '<script>{}</script>'])
    assert.equal(bodyText(text), text);
});

test('a head is copied line by line', () => {
  const headers = [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ];
  assert.equal(headText(headers), 'a: 1\nb: 2\n');
});
