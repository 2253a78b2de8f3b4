import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimatePatternSize, MAX_PATTERN_SIZE } from './pattern-size.ts';
import { findPatternProblem, findsMatch } from './validator.ts';

const MATCHES: readonly (readonly [pattern: string, value: string, matches: boolean])[] = [
  ['\\.csv$', 'data.csv', true],
  ['\\.csv$', 'data.csv.gz', false],
  ['b', 'abc', true],
  ['^b', 'abc', false],
  ['', '', true],
  ['^(?<year>\\d{4})-\\d\\d$', '2026-11', true],
  ['^[^/]+$', 'a/b', false],
  ['^(a+)+$', `${'a'.repeat(16_384)}!`, false],
  ['^\\p{L}+$', 'Élan', true],
];

for (const [pattern, value, matches] of MATCHES) {
  test(`/${pattern}/ ${matches ? 'is found' : 'is not found'} in ${JSON.stringify(value.slice(0, 20))}`, () => {
    assert.equal(findPatternProblem(pattern), null);
    assert.equal(findsMatch(pattern, value), matches);
  });
}

const REFUSED = [
  '(?=a)',
  '(?<=a)b',
  '(?<!a)b',
  '(a)\\1',
  'a{1,1000000}',
  '[a-z&&[^aeiou]]',
  '[',
  '(',
  '(((((a{9}){9}){9}){9}){9})',
  '[\\p{L}]{1,300}q',
  '(.{1,30}){1,30}x',
  '(?i)[a-z]{200}',
];

for (const pattern of REFUSED) {
  test(`/${pattern}/ is refused`, () => {
    assert.notEqual(findPatternProblem(pattern), null);
    assert.throws(() => findsMatch(pattern, 'a'), RangeError);
  });
}

test('empty groups and endless patterns, which would use up the memory of RE2 or the time of all, are refused', () => {
  for (const pattern of [
    '()'.repeat(301),
    '(){1000}',
    '()'.repeat(100_000),
    '['.repeat(100_000),
    'a-z'.repeat(400),
  ])
    assert.match(findPatternProblem(pattern) ?? '', /is too large/, pattern.slice(0, 10));
  assert.equal(findPatternProblem('^()(a)$'), null);
});

test('&& outside of a class is text', () => {
  assert.equal(findPatternProblem('a&&b'), null);
  assert.equal(findPatternProblem('\\[a&&b'), null);
});

test('the size of a pattern counts repetitions and wide classes', () => {
  assert.equal(estimatePatternSize('^[a-z]{1,20}$'), 22);
  assert.equal(estimatePatternSize('(ab){3,}c'), 7);
  assert.equal(estimatePatternSize('((a{3}){3}){3}'), 27);
  assert.equal(estimatePatternSize('.\\.'), 4);
  assert.equal(estimatePatternSize('\\{3}'), 3);
});

test('patterns of the largest size are run one after the other without using up the memory of RE2', () => {
  const value = `${'ab'.repeat(2_000)}é漢`;
  for (let index = 0; index < 60; index++) {
    const pattern = `${'(a|b|[^c])'.repeat(15)}${'x'.repeat(index)}(.*a.{20})+$`;
    assert.ok(estimatePatternSize(pattern) <= MAX_PATTERN_SIZE);
    findsMatch(pattern, value);
  }
  assert.equal(findsMatch('^a', 'abc'), true);
});
