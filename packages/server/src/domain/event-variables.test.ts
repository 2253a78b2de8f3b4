import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JobView, TEMPLATE_VARIABLES } from '@arras/contract';
import { shownJob } from '../../../../tests/support/shown-job.ts';
import { jobVariables, resourceVariables } from './event-variables.ts';

function valuesOf(job: JobView, name = 'FINISHED') {
  const event = { name, resourceUuid: job.id, createdBy: 'ada' };
  return jobVariables({ event, job, permission: null, rawJson: '{}' });
}

test("the guide's thirteen variables have their values", () => {
  const job = shownJob();
  const values = valuesOf(job);
  assert.partialDeepStrictEqual(values, {
    UUID: job.id,
    EVENT: 'FINISHED',
    JOB_STATUS: 'FINISHED',
    JOB_URL: `https://api.tacc.utexas.edu/jobs/v2/${job.id}`,
    JOB_ID: job.id,
    JOB_SYSTEM: 'ssh.execute.example.com',
    JOB_NAME: 'demo-pyplot-demo-advanced test-1414139896',
    JOB_START_TIME: '2014-10-24T04:48:08.000-05:00',
    JOB_END_TIME: '2014-10-24T04:48:15.000-05:00',
    JOB_SUBMIT_TIME: '2014-10-24T04:48:11.000-05:00',
    JOB_ARCHIVE_PATH: 'ada/archive/jobs/job-0001414144065563-5056a550b8-0001-007',
    JOB_ARCHIVE_URL: job._links.archiveData.href,
    JOB_ERROR: '',
  });
});

test('every variable of a job has a value, and no value has no variable', () => {
  assert.deepEqual(Object.keys(valuesOf(shownJob())).sort(), Object.keys(TEMPLATE_VARIABLES.job).sort());
});

test('what does not exist is empty', () => {
  const { archivePath, archiveSystem, ...rest } = shownJob({
    archive: false,
    startTime: null,
    endTime: null,
  });
  const job = { ...rest, batchQueue: null, localId: null, maxRunTime: null, outputPath: null };
  assert.partialDeepStrictEqual(valuesOf(job, 'PENDING'), {
    JOB_START_TIME: '',
    JOB_END_TIME: '',
    JOB_ARCHIVE: 'false',
    JOB_ARCHIVE_PATH: '',
    JOB_ARCHIVE_SYSTEM: '',
    JOB_BATCH_QUEUE: '',
    JOB_LOCAL_ID: '',
    JOB_MAX_RUNTIME: '',
    JOB_MAX_RUNTIME_MILLISECONDS: '',
    JOB_OUTPUT_PATH: '',
    PERMISSION_JSON: '',
  });
  assert.ok(archivePath && archiveSystem);
});

test('the error is the last message of a job that failed, was stopped or killed, and empty otherwise', () => {
  const lastStatusMessage = 'Ended with exit code 3';
  for (const status of ['FAILED', 'STOPPED', 'KILLED'] as const) {
    assert.equal(valuesOf(shownJob({ status, lastStatusMessage })).JOB_ERROR, lastStatusMessage);
  }
  for (const status of ['RUNNING', 'FINISHED', 'ARCHIVING_FAILED'] as const) {
    assert.equal(valuesOf(shownJob({ status, lastStatusMessage })).JOB_ERROR, '');
  }
});

test('numbers, limits and documents are texts', () => {
  const values = valuesOf(shownJob());
  assert.equal(values.JOB_MAX_RUNTIME_MILLISECONDS, '3600000');
  assert.equal(values.JOB_MEMORY_PER_NODE, '32');
  assert.deepEqual(JSON.parse(values.JOB_PARAMETERS), { chartType: 'bar', width: 3 });
  assert.equal(JSON.parse(values.JOB_JSON).id, values.JOB_ID);
});

test('a changed permission is named', () => {
  const job = shownJob();
  const permission = { username: 'bob', permission: 'READ', lastUpdated: job.lastUpdated };
  const event = { name: 'PERMISSION_GRANT', resourceUuid: job.id, createdBy: 'ada' };
  const values = jobVariables({ event, job, permission, rawJson: '{}' });
  assert.equal(values.PERMISSION_USERNAME, 'bob');
  assert.equal(values.PERMISSION_PERMISSION, 'READ');
  assert.equal(values.OWNER, 'ada');
});

test('other resources fill their own variables and know no further ones', () => {
  const event = { name: 'DISABLED', resourceUuid: '1-a-b-011', createdBy: 'ada' };
  const resource = { owner: 'bob', url: 'https://h/', status: 'INACTIVE', attempts: 3, responseCode: null };
  const values = resourceVariables('notification', { event, resource, rawJson: '{}' });
  assert.deepEqual(Object.keys(values).sort(), Object.keys(TEMPLATE_VARIABLES.notification).sort());
  assert.partialDeepStrictEqual(values, { USERNAME: 'bob', OWNER: 'ada', ATTEMPTS: '3', RESPONSE_CODE: '' });
  assert.equal(
    resourceVariables('app', { event, resource: { id: 'demo-1.0' }, rawJson: '' })['APP_ID'],
    'demo-1.0',
  );
});
