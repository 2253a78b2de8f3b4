import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JOB_STATUSES } from '@arras/contract';
import { waitingWords } from './waiting-words.ts';

test('every status says when something will be written', () => {
  for (const status of JOB_STATUSES) assert.match(waitingWords(status), /^[A-Z].*\.$/, status);
  assert.match(waitingWords('QUEUED'), /waits in its queue/);
  assert.match(waitingWords('RUNNING'), /appears here/);
});
