import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppView } from './apps.ts';
import { parseJobRequest } from './job-request.ts';
import type { JobView } from './jobs.ts';
import { findGaps, requestOfApp, requestOfJob } from './request-template.ts';
import type { QueueView } from './systems.ts';

const field = (id: string, value: object) => ({ id, value: { visible: true, required: false, ...value } });

const APP = {
  id: 'align-2.1',
  name: 'align',
  defaultMaxRunTime: null,
  defaultQueue: null,
  defaultNodeCount: -1,
  defaultProcessorsPerNode: 4,
  defaultMemoryPerNode: 1,
  inputs: [
    field('reads', { required: true, default: '' }),
    field('extra', { default: 'tapis://store/extra' }),
    field('index', { required: true, visible: false, default: 'tapis://store/index' }),
  ],
  parameters: [
    field('count', { required: true, type: 'number', default: 5 }),
    field('mode', { type: 'string', default: null }),
  ],
} as unknown as AppView;

const queue = (name: string, more: object) => ({
  name,
  default: false,
  maxRequestedTime: '24:00:00',
  ...more,
});
const QUEUES = [
  queue('long', {}),
  queue('quick', { default: true, maxRequestedTime: '00:30:00' }),
] as unknown as QueueView[];

test('a request for an app holds what has to be given, and what app and queue suggest', () => {
  const request = requestOfApp(APP, QUEUES, { notify: 'ada@example.org' });
  assert.deepEqual(request, {
    name: 'align-job',
    appId: 'align-2.1',
    batchQueue: 'quick',
    maxRunTime: '00:30:00',
    memoryPerNode: '1GB',
    nodeCount: 1,
    processorsPerNode: 4,
    archive: true,
    inputs: { reads: '' },
    parameters: { count: 5 },
    notifications: [{ event: '*', persistent: true, url: 'ada@example.org' }],
  });
  assert.deepEqual(findGaps(request), ['inputs.reads']);
  assert.equal(parseJobRequest(request).ok, true);
});

test('all adds what may be left out, but never what the app sets itself', () => {
  const { inputs, parameters, batchQueue, maxRunTime } = requestOfApp(APP, [], { all: true });
  assert.deepEqual(inputs, { reads: '', extra: 'tapis://store/extra' });
  assert.deepEqual(parameters, { count: 5, mode: '' });
  assert.equal(batchQueue, undefined);
  assert.equal(maxRunTime, '01:00:00');
});

test('a run time of four digits of hours is longer than one of two', () => {
  const long = queue('long', { default: true, maxRequestedTime: '1000:00:00' }) as unknown as QueueView;
  assert.equal(requestOfApp(APP, [long]).maxRunTime, '01:00:00');
});

test('the request of a job leaves out its archive path, and values that the app does not show', () => {
  const job = {
    name: 'first',
    appId: 'align-2.1',
    batchQueue: null,
    maxRunTime: '02:00:00',
    memoryPerNode: -1,
    nodeCount: 2,
    processorsPerNode: 1,
    archive: true,
    archiveSystem: 'store',
    archivePath: 'ada/archive/jobs/job-1',
    archiveOnAppError: false,
    inputs: { reads: ['tapis://store/a'], index: ['tapis://store/index'], gone: ['x'] },
    parameters: { count: 7, gone: 'y' },
  } as unknown as JobView;
  const request = requestOfJob(job, APP);
  assert.deepEqual(request, {
    name: 'first',
    appId: 'align-2.1',
    maxRunTime: '02:00:00',
    nodeCount: 2,
    processorsPerNode: 1,
    archive: true,
    archiveSystem: 'store',
    inputs: { reads: ['tapis://store/a'] },
    parameters: { count: 7 },
  });
  assert.equal(parseJobRequest(request).ok, true);
});
