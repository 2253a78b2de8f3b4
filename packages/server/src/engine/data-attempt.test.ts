import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobRow } from '../database/tables.ts';
import { MAX_INTERRUPTIONS } from '../domain/retry.ts';
import { StorageError } from '../storage/storage.ts';
import { countAttempt, judgeAttempt } from './data-attempt.ts';

const job = (more: Partial<JobRow>): JobRow =>
  ({ staging_attempts: 1, archiving_attempts: 0, interruptions: 0, data_waits: 0, ...more }) as JobRow;

test('an interrupted attempt goes on under its number, but not for ever', () => {
  assert.deepEqual(countAttempt(job({ staging_attempts: 0 }), 'staging_attempts', false), {
    attempt: 1,
    patch: { staging_attempts: 1, interruptions: 0 },
    tooOften: false,
  });
  const last = countAttempt(job({ interruptions: MAX_INTERRUPTIONS - 1 }), 'staging_attempts', true);
  assert.equal(last.attempt, 1);
  assert.equal(last.tooOften, false);
  assert.equal(
    countAttempt(job({ interruptions: MAX_INTERRUPTIONS }), 'staging_attempts', true).tooOften,
    true,
  );
});

test('permissions and missing sources end it at once, trouble after three attempts', () => {
  const judge = (code: ConstructorParameters<typeof StorageError>[0], attempts: number) =>
    judgeAttempt(
      job({ staging_attempts: attempts }),
      'staging_attempts',
      new StorageError(code, 'the reason'),
    );
  for (const code of ['forbidden', 'not-found', 'not-a-directory', 'unsupported'] as const)
    assert.equal(judge(code, 1).kind, 'give-up', code);
  for (const code of ['no-space', 'changed', 'corrupt'] as const) {
    assert.deepEqual(
      [1, 2, 3].map((attempts) => judge(code, attempts).kind),
      ['retry', 'retry', 'give-up'],
      code,
    );
  }
});

test('a host that is away costs no attempt, and is asked less and less often', () => {
  const away = new StorageError('unreachable', 'it is away');
  const verdicts = [0, 1, 2, 6, 100].map((data_waits) =>
    judgeAttempt(job({ staging_attempts: 3, data_waits }), 'staging_attempts', away),
  );
  assert.deepEqual(
    verdicts.map((verdict) => verdict.kind === 'wait' && verdict.delayMs / 1_000),
    [15, 30, 60, 960, 960],
  );
  assert.equal(verdicts[0]?.patch.staging_attempts, 2);
  assert.equal(verdicts[1]?.patch.data_waits, 2);
});

test('a server that says when to come again is taken at its word', () => {
  const busy = new StorageError('unavailable', 'too many requests', { retryAfterMs: 30_000 });
  const verdict = judgeAttempt(job({}), 'staging_attempts', busy);
  assert.equal(verdict.kind === 'retry' && verdict.delayMs, 30_000);
  const never = new StorageError('unavailable', 'in a year', { retryAfterMs: 365 * 86_400_000 });
  const capped = judgeAttempt(job({}), 'staging_attempts', never);
  assert.equal(capped.kind === 'retry' && capped.delayMs, 3_600_000);
});
