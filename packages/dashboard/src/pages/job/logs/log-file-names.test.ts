import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logFilesAmong } from './log-file-names.ts';

const ID = 'job-1';
const entry = (name: string, length = 3) => ({ name, path: `/${name}`, length });

test('the files of both streams are known by the id of the job, whatever it is called', () => {
  assert.deepEqual(logFilesAmong(ID, [entry('a.out'), entry('x-job-1.out'), entry('x-job-1.err', 0)]), {
    out: { path: 'x-job-1.out', size: 3 },
    err: { path: 'x-job-1.err', size: 0 },
  });
  assert.deepEqual(logFilesAmong(ID, [entry('job-1.out')]), { out: { path: 'job-1.out', size: 3 } });
  assert.deepEqual(logFilesAmong(ID, [entry('notjob-1.out'), entry('job-1.output')]), {});
});
