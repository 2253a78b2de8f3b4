import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultFields } from './result-fields.ts';
import { OPERATION_IDS, routeOf } from './routes.ts';

test('the fields of a result are those of its entries, of every variant, and of other successes', () => {
  assert.deepEqual(resultFields('showJobStatus').slice(0, 2), ['id', 'status']);
  assert.ok(resultFields('listJobs').includes('executionSystem'));
  for (const field of ['storage', 'scheduler']) assert.ok(resultFields('showSystem').includes(field), field);
});

test('an operation without a result has no fields', () => {
  assert.deepEqual(resultFields('deleteJob'), []);
  assert.deepEqual(resultFields('downloadJobOutput'), []);
});

test('every result in JSON has its fields', () => {
  for (const id of OPERATION_IDS) {
    const { schema, mediaType } = routeOf(id).success;
    if (schema === null || schema === 'bytes' || mediaType !== undefined) continue;
    assert.notDeepEqual(resultFields(id), [], id);
  }
});
