import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOwnTarget } from './own-address.ts';

test('addresses of this service are told from all others, in the forms that existing clients write', () => {
  for (const [url, target] of [
    ['https://api.example.org/base/jobs/v2?limit=1', '/jobs/v2?limit=1'],
    ['http://API.example.org/base//jobs/v2', '//jobs/v2'],
    ['https://api.example.org/basejobs/v2', '/jobs/v2'],
    ['/jobs/v2', '/jobs/v2'],
    ['https://api.example.org/other/jobs/v2', null],
    ['https://api.example.com/base/jobs/v2', null],
    ['ftp://api.example.org/base/jobs/v2', null],
    ['https://api.example.org/base/jobs/v2#part', null],
    ['jobs/v2', null],
  ] as const)
    assert.equal(findOwnTarget(url, 'https://api.example.org/base'), target, url);
});
