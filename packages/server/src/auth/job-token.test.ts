import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '@arras/contract';
import { createJobTokens } from './job-token.ts';

const [JOB, OTHER] = ['1-aa-007', '2-bb-007'] as const as unknown as readonly [JobId, JobId];
const key = (byte: number) => new Uint8Array(32).fill(byte);

test('a token has 256 bits, fits into an address, and is that of one job and one key', () => {
  const tokens = createJobTokens([key(1)]);
  const token = tokens.tokenOf(JOB);
  assert.match(token, /^[A-Za-z0-9_-]{43}$/);
  assert.equal(token, createJobTokens([key(1)]).tokenOf(JOB));
  assert.equal(tokens.isTokenOf(JOB, token), true);
  assert.equal(tokens.isTokenOf(OTHER, token), false);
  for (const forged of ['', token.slice(1), `${token}x`, token.toLowerCase()])
    assert.equal(tokens.isTokenOf(JOB, forged), false, forged);
});

test('after a change of the key the tokens of running jobs stay good', () => {
  const token = createJobTokens([key(1)]).tokenOf(JOB);
  assert.equal(createJobTokens([key(2), key(1)]).isTokenOf(JOB, token), true);
  assert.equal(createJobTokens([key(2)]).isTokenOf(JOB, token), false);
});
