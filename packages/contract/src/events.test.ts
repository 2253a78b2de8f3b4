import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HISTORY_TEXTS, JOB_EVENT_DESCRIPTIONS, JOB_STATUSES } from './events.ts';

// The guide's Table 2, copied as "NAME: text" in the guide's order.
const TABLE_2 = `
CREATED: The job was updated
UPDATED: The job was updated
DELETED: The job was deleted
PERMISSION_GRANT: User permission was granted
PERMISSION_REVOKE: Permission was removed for a user on this job
PENDING: Job accepted and queued for submission.
STAGING_INPUTS: Transferring job input data to execution system
CLEANING_UP: Job completed execution
ARCHIVING: Transferring job output to archive system
STAGING_JOB: Job inputs staged to execution system
FINISHED: Job complete
KILLED: Job execution killed at user request
FAILED: Job failed
STOPPED: Job execution intentionally stopped
RUNNING: Job started running
PAUSED: Job execution paused by user
QUEUED: Job successfully placed into queue
SUBMITTING: Preparing job for execution and staging binaries to execution system
STAGED: Job inputs staged to execution system
PROCESSING_INPUTS: Identifying input files for staging
ARCHIVING_FINISHED: Job archiving complete
ARCHIVING_FAILED: Job archiving failed
HEARTBEAT: Job heartbeat received
`;

const rows = TABLE_2.trim()
  .split('\n')
  .map((line) => line.split(': '));

test('the events are the 23 names of Table 2 with its exact texts', () => {
  assert.equal(rows.length, 23);
  assert.deepEqual({ ...JOB_EVENT_DESCRIPTIONS }, Object.fromEntries(rows));
});

test('six of the names are events and never a status', () => {
  const never = ['CREATED', 'UPDATED', 'DELETED', 'PERMISSION_GRANT', 'PERMISSION_REVOKE', 'HEARTBEAT'];
  const names = rows.map(([name]) => name ?? '').filter((name) => !never.includes(name));
  assert.deepEqual(JOB_STATUSES.toSorted(), names.toSorted());
});

test('the texts of the history are those of the guide', () => {
  const uri = 'agave://store.example.org/jdoe/inputs/pyplot/testdata.csv';
  assert.deepEqual(
    [
      HISTORY_TEXTS.stagingAttempt(1),
      HISTORY_TEXTS.identifyingInputs,
      HISTORY_TEXTS.stagingInput(uri),
      HISTORY_TEXTS.copyInProgress,
      HISTORY_TEXTS.preparing,
      HISTORY_TEXTS.submitAttempt(1),
      HISTORY_TEXTS.finishedWithoutArchive,
      HISTORY_TEXTS.finished,
    ],
    [
      'Attempt 1 to stage job inputs',
      'Identifying input files for staging',
      `Staging ${uri} to remote job directory`,
      'Copy in progress',
      'Preparing job for submission.',
      'Attempt 1 to submit job',
      'Job completed. Skipping archiving at user request.',
      'Job completed successfully.',
    ],
  );
});
