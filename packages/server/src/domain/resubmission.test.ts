import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inputDefinitionSchema, parameterDefinitionSchema } from '@arras/contract';
import { type FormerJob, rebuildRequest } from './resubmission.ts';

const JOB: FormerJob = {
  name: 'count words',
  app_id: 'wc-1.0',
  batch_queue: 'normal',
  node_count: 2,
  processors_per_node: 4,
  memory_per_node_gb: 1.5,
  max_run_time_seconds: 3_600,
  archive: true,
  archive_on_app_error: true,
  inputs: {
    text: ['agave://store/a', 'agave://store/b'],
    gone: ['agave://store/c'],
    hidden: ['agave://store/d'],
  },
  parameters: { lines: 10, words: ['a', 'b'], old: true },
};

const APP = {
  inputs: [
    inputDefinitionSchema.parse({ id: 'text', semantics: { maxCardinality: -1 } }),
    inputDefinitionSchema.parse({ id: 'hidden', value: { visible: false, default: 'x' } }),
  ],
  parameters: ['lines', 'words'].map((id) =>
    parameterDefinitionSchema.parse({ id, value: { type: 'string' } }),
  ),
};

const LENIENT = { ignoreInputConflicts: true, ignoreParameterConflicts: true, notifications: [] };

test('everything but the archive is taken over, and what the app no longer has is left out', () => {
  const rebuilt = rebuildRequest(JOB, APP, LENIENT);
  assert.ok(rebuilt.ok);
  assert.deepEqual(rebuilt.value, {
    name: 'count words',
    appId: 'wc-1.0',
    executionSystem: undefined,
    batchQueue: 'normal',
    nodeCount: 2,
    processorsPerNode: 4,
    memoryPerNode: 1.5,
    maxRunTime: '01:00:00',
    archive: true,
    archiveSystem: undefined,
    archivePath: undefined,
    archiveOnAppError: true,
    inputs: { text: ['agave://store/a', 'agave://store/b'] },
    parameters: { lines: 10, words: ['a', 'b'] },
    topLevel: {},
    notifications: [],
  });
});

test('what the app no longer has is refused by name when conflicts count', () => {
  const fieldsOf = (options: object) => {
    const rebuilt = rebuildRequest(JOB, APP, { ...LENIENT, ...options });
    return rebuilt.ok ? [] : rebuilt.problems.map(({ field }) => field);
  };
  assert.deepEqual(fieldsOf({ ignoreInputConflicts: false }), ['inputs.gone']);
  assert.deepEqual(fieldsOf({ ignoreParameterConflicts: false }), ['parameters.old']);
});

test('limits that the job did not have are left to the defaults', () => {
  const bare = { ...JOB, batch_queue: null, memory_per_node_gb: null, max_run_time_seconds: null };
  const rebuilt = rebuildRequest(bare, APP, LENIENT);
  assert.ok(rebuilt.ok);
  const { batchQueue, memoryPerNode, maxRunTime } = rebuilt.value;
  assert.deepEqual([batchQueue, memoryPerNode, maxRunTime], [undefined, undefined, undefined]);
});
