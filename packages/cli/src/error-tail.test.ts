import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastLines } from './error-tail.ts';

test('the last lines of a log cannot obey the terminal', () => {
  assert.equal(lastLines('one\ntwo\n\x1b[2Jthree\n', 2), 'two\n[2Jthree\n');
  assert.equal(lastLines('without an end', 20), 'without an end\n');
});
