import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueRequestSchema } from '@arras/contract';
import { type ResourceRequest, selectQueue } from './select-queue.ts';

const queue = (fields: Record<string, unknown>) => queueRequestSchema.parse(fields);

const SMALL = queue({ name: 'small', maxNodes: 2, maxMemoryPerNode: 8, maxRequestedTime: '01:00:00' });
const LARGE = queue({ name: 'large', maxNodes: 64, maxMemoryPerNode: 64 });
const ENDLESS = queue({ name: 'endless' });
const NORMAL = queue({ name: 'normal', maxNodes: 4, default: true });

function choose(
  asked: Partial<ResourceRequest>,
  more: { requested?: string; appDefault?: string; queues?: readonly ReturnType<typeof queue>[] } = {},
) {
  const resources = {
    nodeCount: 1,
    processorsPerNode: 1,
    memoryPerNodeGb: null,
    maxRunTimeSeconds: null,
    ...asked,
  };
  const choice = selectQueue(resources, {
    requested: more.requested,
    appDefault: more.appDefault ?? null,
    queues: more.queues ?? [ENDLESS, LARGE, NORMAL, SMALL],
    systemId: 'exec',
  });
  return choice.ok ? (choice.queue?.name ?? null) : choice.problems;
}

test('the queue named by the user wins over that of the app, and that over the default', () => {
  assert.equal(choose({}, { requested: 'small', appDefault: 'large' }), 'small');
  assert.equal(choose({}, { appDefault: 'large' }), 'large');
  assert.equal(choose({}), 'normal');
});

test('what does not fit the default queue goes to the smallest that holds it', () => {
  assert.equal(choose({ nodeCount: 5 }), 'large');
  assert.equal(choose({ nodeCount: 65 }), 'endless');
  assert.equal(choose({ memoryPerNodeGb: 4 }, { queues: [ENDLESS, LARGE, SMALL] }), 'small');
});

test('a request that no queue holds is refused with what was asked', () => {
  assert.deepEqual(choose({ nodeCount: 3, maxRunTimeSeconds: 60 }, { queues: [SMALL] }), [
    {
      field: 'batchQueue',
      message:
        'no queue of system exec can hold 3 nodes, 1 processors on each, 00:01:00 of run time; ask for less',
    },
  ]);
});

test('each limit of a named queue that is exceeded is told by its own field', () => {
  assert.deepEqual(
    choose({ nodeCount: 3, memoryPerNodeGb: 16, maxRunTimeSeconds: 7200 }, { requested: 'small' }),
    [
      { field: 'nodeCount', message: 'expected at most 2, the limit of queue small, got 3' },
      { field: 'memoryPerNode', message: 'expected at most 8GB, the limit of queue small, got 16GB' },
      { field: 'maxRunTime', message: 'expected at most 01:00:00, the limit of queue small, got 02:00:00' },
    ],
  );
});

test('an unknown queue is refused with the ones there are', () => {
  assert.deepEqual(choose({}, { requested: 'smal', queues: [SMALL] }), [
    { field: 'batchQueue', message: 'system exec has no queue "smal": it has small; did you mean "small"?' },
  ]);
});

test('a system without queues takes any job and no queue', () => {
  assert.equal(choose({ nodeCount: 9 }, { queues: [] }), null);
});
