import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitsGlob, parseGlob } from './glob.ts';

test('a pattern is cut before its first mark', () => {
  assert.deepEqual(parseGlob('*.bam'), { base: '', pattern: '*.bam', isDeep: false });
  assert.deepEqual(parseGlob('a/b/*.bam'), { base: 'a/b', pattern: '*.bam', isDeep: false });
  assert.deepEqual(parseGlob('a/**/x?.bam'), { base: 'a', pattern: '**/x?.bam', isDeep: true });
  assert.deepEqual(parseGlob('/*/'), { base: '/', pattern: '*', isDeep: false });
  assert.deepEqual(parseGlob('/a/*'), { base: '/a', pattern: '*', isDeep: false });
  assert.deepEqual(parseGlob('a/b'), { base: 'a/b', pattern: null, isDeep: true });
});

test('one star stays in a directory, two go into those below', () => {
  assert.ok(fitsGlob('x.bam', '*.bam'));
  assert.ok(!fitsGlob('a/x.bam', '*.bam'));
  assert.ok(fitsGlob('a/b/x.bam', '**/*.bam'));
  assert.ok(fitsGlob('x.bam', '**/*.bam'));
  assert.ok(fitsGlob('x2', 'x{1,2}'));
  assert.ok(!fitsGlob('.hidden', '*'));
});

test('a file that is called like a pattern is found by its name', () => {
  assert.ok(fitsGlob('a[1].txt', 'a[1].txt'));
  assert.ok(fitsGlob('what?', 'what?'));
});
