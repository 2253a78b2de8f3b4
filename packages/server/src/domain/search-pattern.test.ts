import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findSearchPatternProblem, renderSearchPattern } from './search-pattern.ts';

test('patterns of everyday use are accepted', () => {
  for (const pattern of [
    '',
    '^rna',
    'a|b',
    '(?:x)+?',
    '[a-z(?=]{2,5}',
    '\\d+\\.\\w',
    '(?i)RNA',
    '[[:alpha:]]',
    '\\(?x',
    'é',
  ])
    assert.equal(findSearchPatternProblem(pattern), null, pattern);
});

test('what only one of the two engines knows, or both read differently, is refused', () => {
  for (const [pattern, problem] of [
    ['(a)\\1', /not a regular expression/],
    ['a(?!b)', /not a regular expression/],
    ['***=x', /not a regular expression/],
    ['(?i:x)', /begins with \(\?/],
    ['(?P<name>x)', /begins with \(\?/],
    ['x(?i)y', /begins with \(\?/],
    ['\\pL', /holds \\p/],
    ['\\Qx\\E', /holds \\Q/],
    ['\\x41', /holds \\x/],
    ['a{256}', /more than 255 times/],
  ] as const) {
    assert.match(findSearchPatternProblem(pattern) ?? '', problem, pattern);
  }
});

test('borders of words and the end of the text are written as PostgreSQL writes them', () => {
  assert.equal(renderSearchPattern('(?i)\\bx\\B\\\\b\\z'), '(?:)\\yx\\Y\\\\b\\Z');
});
