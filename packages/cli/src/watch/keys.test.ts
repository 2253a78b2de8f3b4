import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeys, pressKey, renderKeyHints, renderKeyMap, renderQuestion } from './keys.ts';

test('what a terminal sends is taken apart into keys, and the sequences of special keys are one each', () => {
  assert.deepEqual(parseKeys('lh?'), ['l', 'h', '?']);
  assert.deepEqual(parseKeys('\x1b[A\x1bOBä\x1b[1;5C\x03'), ['\x1b[A', '\x1bOB', 'ä', '\x1b[1;5C', '\x03']);
  assert.deepEqual(parseKeys('\x1b'), ['\x1b']);
});

test('each key does what the last line says; what nobody named does nothing', () => {
  const effect = (key: string) => pressKey('watching', key).effect;
  assert.deepEqual(['l', 'h', 'o', 'w', 'd', 'q'].map(effect), [
    'logs',
    'history',
    'outputs',
    'page',
    'detach',
    'detach',
  ]);
  assert.deepEqual(['j', 'k', '\x1b[B', '\x1bOA'].map(effect), ['next', 'previous', 'next', 'previous']);
  for (const key of ['x', 'L', '\x1b', '\x1b[C', '', 'toString'])
    assert.deepEqual(pressKey('watching', key), { mode: 'watching', effect: null });
});

test('jobs are stopped, killed or made only as the answer to a question', () => {
  assert.deepEqual(pressKey('watching', 'c'), { mode: 'ending', effect: null });
  assert.equal(pressKey('ending', 's').effect, 'stop');
  assert.equal(pressKey('ending', 'k').effect, 'kill');
  assert.deepEqual(pressKey('watching', 'r'), { mode: 'resubmitting', effect: null });
  assert.equal(pressKey('resubmitting', 'y').effect, 'resubmit');
  for (const mode of ['ending', 'resubmitting'] as const)
    for (const key of ['n', 'c', 'd', '\x1b', 'toString', ' '])
      assert.deepEqual(pressKey(mode, key), { mode: 'watching', effect: null }, `${mode} ${key}`);
});

test('the map is closed by any key, which does what it does', () => {
  assert.equal(pressKey('watching', '?').mode, 'map');
  assert.deepEqual(pressKey('map', '?'), { mode: 'watching', effect: null });
  assert.deepEqual(pressKey('map', '\x1b'), { mode: 'watching', effect: null });
  assert.deepEqual(pressKey('map', 'h'), { mode: 'watching', effect: 'history' });
});

test('the last line names as many keys as there is room for, and always the map', () => {
  const one = { several: false };
  assert.equal(
    renderKeyHints({ width: 80, ...one }),
    'l logs  h history  o outputs  c cancel  w web  d detach  r resubmit  ? keys',
  );
  for (const width of [0, 6, 20, 40, 66]) {
    const hints = renderKeyHints({ width, ...one });
    assert.ok(hints.length <= Math.max(width, 6), hints);
    assert.match(hints, /\? keys$/);
  }
  assert.match(renderKeyHints({ width: 100, several: true }), /j next {2}k previous/);
});

test('the map has a line for each key; those that select only where there is something to select', () => {
  const keys = (several: boolean) => renderKeyMap({ several }).map((line) => line.trim().charAt(0));
  assert.deepEqual(keys(false), ['l', 'h', 'o', 'c', 'w', 'd', 'r', '?']);
  assert.deepEqual(keys(true), ['l', 'h', 'o', 'c', 'j', 'k', 'w', 'd', 'r', '?']);
});

test('questions name the job and their answers', () => {
  const unicode = { unicode: false };
  assert.match(renderQuestion('ending', 'trial', unicode) ?? '', /^Cancel trial\? {2}s stop - .* k kill/);
  assert.match(renderQuestion('resubmitting', 'trial', unicode) ?? '', /^Submit trial again\? {2}y yes/);
  assert.equal(renderQuestion('watching', 'trial', unicode), null);
});
