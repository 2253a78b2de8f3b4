import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saysMore } from './says-more.ts';

test('a message is worth its line when it tells more than the sentence above it', () => {
  const sentence = 'The program ended with exit code 3.';
  assert.ok(!saysMore('Job failed: the program ended with exit code 3.', sentence));
  assert.ok(!saysMore('The program ended with exit code 3', sentence));
  assert.ok(saysMore('Job failed: the program ended with exit code 3. The archive is incomplete.', sentence));
  assert.ok(saysMore('Slurm: NODE_FAIL on c12', sentence));
});
