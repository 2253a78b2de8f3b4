import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readsTerminal } from './keyboard.ts';

test('the process in the foreground of its terminal is known, whatever it is called', () => {
  assert.equal(readsTerminal('4711 (node) R 4700 4711 4700 34816 4711 4194304 2048'), true);
  assert.equal(readsTerminal('4711 (a) 9 9) S 4700 4711 4700 34816 4711 4194304 2048'), true);
  assert.equal(readsTerminal('4711 (node) R 4700 4711 4700 34816 4700 4194304 2048'), false);
});

test('a process without a terminal is not in its foreground', () => {
  assert.equal(readsTerminal('4711 (node) R 4700 4711 4700 0 -1 4194304 2048'), false);
});
