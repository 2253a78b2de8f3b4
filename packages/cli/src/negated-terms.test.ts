import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shieldNegatedTerms } from './negated-terms.ts';

test('a filter that begins with a negated term is no option', () => {
  assert.deepEqual(
    shieldNegatedTerms(['jobs', 'list', '-created:>7d x', '-archived', '-c', 'id', '-vq', '--json']),
    ['jobs', 'list', ' -created:>7d x', ' -archived', '-c', 'id', '-vq', '--json'],
  );
});

test('where no filter is taken, every word stays as it is', () => {
  const argv = ['systems', 'create', '-Fa:b.json'];
  assert.deepEqual(shieldNegatedTerms(argv), argv);
});
