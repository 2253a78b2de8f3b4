import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArchiveFacts, resolveArchivePath } from './archive-path.ts';

const FACTS: ArchiveFacts = {
  jobId: '000001700000000000-0123abcd-4567-007',
  jobName: 'It’s ${JOB_ID}',
  owner: 'jdoe',
  appId: 'wc-1.0',
  executionSystem: 'exec',
  archiveSystem: 'store',
  batchQueue: null,
  nodeCount: 2,
  processorsPerNode: 4,
  memoryPerNodeGb: 0.5,
  created: '2026-01-01T00:00:00.000+00:00',
  tenant: 'arras',
};

test('macros are filled in once, and what is none stays as written', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['/a/${APP_ID}/${JOB_NODE_COUNT}x${JOB_PROCESSORS_PER_NODE}', '/a/wc-1.0/2x4'],
    ['${JOB_OWNER}/${JOB_NAME}', 'jdoe/its-job_id'],
    ['${TENANT_ID}/${BATCH_QUEUE}/${JOB_MEMORY_PER_NODE}', 'arras/0.5'],
    ['out/${IFS}/$(id)', 'out/${IFS}/$(id)'],
  ];
  for (const [written, path] of cases)
    assert.deepEqual(resolveArchivePath(written, FACTS), { ok: true, path });
});

test('paths that climb, name nothing, are too long or lie in a directory of the service are refused', () => {
  for (const written of [
    '../x',
    'a/../b',
    '/',
    '.',
    'a\0b',
    'a'.repeat(256),
    '.arras/x',
    'x/.arras-spool/y',
  ]) {
    assert.equal(resolveArchivePath(written, FACTS).ok, false, JSON.stringify(written));
  }
});
