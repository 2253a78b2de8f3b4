import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOfColumn, parseColumns } from './job-columns.ts';

test('columns are fields of jobs or their short names', () => {
  assert.deepEqual(parseColumns('id, app,maxRunTime'), ['id', 'app', 'maxRunTime']);
  assert.deepEqual(['app', 'ended', 'maxRunTime'].map(fieldOfColumn), ['appId', 'endTime', 'maxRunTime']);
});

test('a column that there is not is refused with what is meant', () => {
  assert.throws(() => parseColumns('id,staus'), /no column "staus"; did you mean "status"/);
});
