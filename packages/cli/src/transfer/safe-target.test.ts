import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPathProblem, foldPath } from './safe-target.ts';

test('ordinary names are taken, in any script', () => {
  for (const path of ['a', 'a/b.txt', '.hidden', 'ünïcode/数列', 'a b', 'x.part', "it's", 'a\\b', 'con'])
    assert.equal(findPathProblem(path, 'linux'), null, path);
});

test('names that lead elsewhere, hide what they are, or cannot be written are not', () => {
  for (const path of [
    '',
    '..',
    'a/../../b',
    '/etc/passwd',
    'a//b',
    './a',
    'nul\0',
    'bell\x07',
    'line\nfeed',
    'turned\u202egpj.exe',
    'x'.repeat(256),
    'ü'.repeat(128),
    '\ud800',
    'a.0123456789abcdef.part',
  ])
    assert.notEqual(findPathProblem(path, 'linux'), null, JSON.stringify(path));
});

test('on Windows its own rules count as well', () => {
  for (const path of ['a\\..\\b', 'C:evil', 'con', 'NUL.txt', 'dot.', 'a|b'])
    assert.notEqual(findPathProblem(path, 'win32'), null, path);
});

test('names are the same for file systems that fold case and accents', () => {
  assert.equal(foldPath('A/É'), foldPath('a/e\u0301'));
});
