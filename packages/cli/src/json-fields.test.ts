import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkFields, fieldsOf } from './json-fields.ts';

const refusal = (json: string | true): string => {
  try {
    checkFields(json, ['showJobStatus']);
  } catch (error) {
    return error instanceof Error && 'complaint' in error ? JSON.stringify(error.complaint) : '';
  }
  return 'accepted';
};

test('--json alone is refused with the list of the fields, and so is a field that there is not', () => {
  assert.match(refusal(true), /needs the names of fields.*They are id, status, /);
  assert.match(refusal('id,statsu'), /no field \\"statsu\\"; did you mean \\"status\\"\?/);
  assert.match(refusal(''), /no field/);
});

test('fields are accepted, with blanks and with paths into them, and * means all', () => {
  for (const json of ['id', 'id, status', 'freshness.asOf', '*'])
    assert.equal(refusal(json), 'accepted', json);
});

test('a command that prints results of several operations has the fields of all', () => {
  const fields = fieldsOf(['listJobs', 'showJob']);
  assert.ok(fields.includes('maxRunTime'));
  assert.equal(new Set(fields).size, fields.length);
});
