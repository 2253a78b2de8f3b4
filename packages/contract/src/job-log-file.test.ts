import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findJobLog } from './job-log-file.ts';

const entries = ['notes.err', 'a-12-007.out', 'a-12-007.err', '12-007.output'].map((name) => ({ name }));

test('the logs of a job end in its id, whatever the job is called', () => {
  assert.equal(findJobLog(entries, '12-007', 'err'), entries[2]);
  assert.equal(findJobLog(entries, '12-007', 'out'), entries[1]);
  assert.equal(findJobLog(entries, '13-007', 'err'), undefined);
});

test('of a name of which no slug is left there is only the id', () => {
  const [bare] = [{ name: '12-007.out' }];
  assert.equal(findJobLog([{ name: 'not12-007.out' }, bare], '12-007', 'out'), bare);
});
