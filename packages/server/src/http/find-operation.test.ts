import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOperation } from './find-operation.ts';

const found = (target: string) => {
  const operation = findOperation(target);
  return operation === null ? null : [operation.operationId, operation.params];
};

test('an address finds the operation that the router finds, the more particular one first', () => {
  for (const [target, expected] of [
    ['/jobs/v2', ['listJobs', {}]],
    ['//jobs//v2/?x=/y', ['listJobs', {}]],
    ['/jobs/v2/filters', ['listSavedFilters', {}]],
    ['/jobs/v2/a%2Fb', ['showJob', { id: 'a/b' }]],
    ['/jobs/v2/1/outputs/media/a/b%20c', ['downloadJobOutput', { id: '1', path: 'a/b c' }]],
    ['/files/v2/media/system/s/x/y', ['downloadFile', { systemId: 's', path: 'x/y' }]],
    ['/files/v2/media/a/b', ['downloadFile', { path: 'a/b' }]],
    ['/uuid/v2/1', ['showUuid', { uuid: '1' }]],
  ] as const)
    assert.deepEqual(found(target), expected, target);
});

test('an address where nothing answers to GET finds nothing', () => {
  for (const target of [
    '/',
    '/token',
    '/jobs',
    '/jobs/v2/1/2/3',
    '/jobs/v2/%ff',
    '/files/v2/media/system/s/%ff',
  ])
    assert.equal(found(target), null, target);
});
