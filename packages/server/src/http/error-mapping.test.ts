import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '@arras/contract';
import { JobFault } from '../domain/failure.ts';
import { StorageError } from '../storage/storage.ts';
import { retryAfterSeconds, toApiError } from './error-mapping.ts';

const withCode = (code: string, message = 'secret detail') => Object.assign(new Error(message), { code });

const CASES: readonly (readonly [error: unknown, code: string])[] = [
  [new ApiError('job.not-found'), 'job.not-found'],
  [withCode('57P01'), 'database.unavailable'],
  [withCode('57P03'), 'database.unavailable'],
  [withCode('08006'), 'database.unavailable'],
  [withCode('53300'), 'database.unavailable'],
  [withCode('57014'), 'database.unavailable'],
  [withCode('ECONNREFUSED'), 'database.unavailable'],
  [Object.assign(withCode('ENOENT'), { syscall: 'connect' }), 'database.unavailable'],
  [new Error('Connection terminated unexpectedly'), 'database.unavailable'],
  [new Error('Connection terminated due to connection timeout'), 'database.unavailable'],
  [new Error('timeout exceeded when trying to connect'), 'database.unavailable'],
  [new Error('Query read timeout'), 'database.unavailable'],
  [withCode('40001'), 'database.unavailable'],
  [withCode('40P01'), 'database.unavailable'],
  [withCode('53100'), 'storage.full'],
  [withCode('23505'), 'conflict'],
  [withCode('22021'), 'internal.error'],
  [withCode('FST_ERR_CTP_BODY_TOO_LARGE'), 'request.too-large'],
  [withCode('FST_ERR_BAD_URL'), 'request.not-utf8'],
  [Object.assign(new Error('odd'), { statusCode: 418 }), 'request.failed'],
  [Object.assign(withCode('ECONNRESET', 'aborted'), { statusCode: 400 }), 'request.failed'],
  [new StorageError('unreachable', 'host away'), 'system.unreachable'],
  [new StorageError('no-space', 'full'), 'storage.full'],
  [new JobFault('system s is disabled'), 'system.unavailable'],
  [withCode('ENOENT'), 'internal.error'],
  [new TypeError('x is not a function'), 'internal.error'],
  ['a text', 'internal.error'],
];

for (const [error, code] of CASES) {
  test(`${String(error)} (${String((error as { code?: string }).code)}) is answered as ${code}`, () => {
    const answered = toApiError(error);
    assert.equal(answered.code, code);
    assert.doesNotMatch(answered.message, /secret detail|not a function/);
  });
}

test('whoever should come back is told when', () => {
  assert.equal(retryAfterSeconds('database.unavailable'), 5);
  assert.equal(retryAfterSeconds('job.not-found'), null);
});
