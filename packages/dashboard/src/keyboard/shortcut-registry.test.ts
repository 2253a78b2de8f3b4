import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKey } from './read-key.ts';
import { ShortcutRegistry } from './shortcut-registry.ts';

const shortcut = (label: string) => ({ label, run: () => undefined });

test('a page is asked before the frame, and the frame again when the page is gone', () => {
  const registry = new ShortcutRegistry();
  registry.add({ '/': shortcut('frame') });
  const leave = registry.add({ '/': shortcut('page') });
  assert.equal(registry.press('/', 0)?.label, 'page');
  leave();
  assert.equal(registry.press('/', 0)?.label, 'frame');
});

test('keys after each other are one shortcut, if they come soon', () => {
  const registry = new ShortcutRegistry();
  registry.add({ 'g j': shortcut('go to jobs'), j: shortcut('next') });
  assert.equal(registry.press('g', 0), null);
  assert.equal(registry.press('j', 500)?.label, 'go to jobs');
  assert.equal(registry.press('j', 600)?.label, 'next');
  registry.press('g', 1_000);
  assert.equal(registry.press('j', 9_000)?.label, 'next');
});

test('a key that continues nothing counts for itself', () => {
  const registry = new ShortcutRegistry();
  registry.add({ 'g j': shortcut('go to jobs'), k: shortcut('previous') });
  registry.press('g', 0);
  assert.equal(registry.press('k', 10)?.label, 'previous');
});

test('the map lists each key once, the page first', () => {
  const registry = new ShortcutRegistry();
  registry.add({ '?': shortcut('map'), c: shortcut('frame') });
  registry.add({ c: shortcut('page') });
  assert.deepEqual(
    registry.list().map(({ keys, label }) => [keys, label]),
    [
      ['c', 'page'],
      ['?', 'map'],
    ],
  );
});

test('typing, the browser and focused buttons keep their keys', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false };
  assert.equal(readKey({ ...plain, key: 'j', target: 'text' }), null);
  assert.equal(readKey({ ...plain, key: 'Escape', target: 'text' }), 'Escape');
  assert.equal(readKey({ ...plain, key: ' ', target: 'control' }), null);
  assert.equal(readKey({ ...plain, key: ' ', target: 'page' }), 'Space');
  assert.equal(readKey({ ...plain, key: 'c', ctrlKey: true, target: 'page' }), null);
});
