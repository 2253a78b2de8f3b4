import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prefersGzip } from './content-coding.ts';

test('gzip is used when it is accepted and not less welcome than the plain form', () => {
  for (const header of ['gzip', 'gzip, deflate', 'deflate, GZIP;q=0.5', '*', 'x-gzip', 'br , gzip ; q=1.0'])
    assert.equal(prefersGzip(header), true, header);
  for (const header of [undefined, '', 'identity', 'br', 'gzip;q=0', '*;q=0', 'gzip;q=0, *', 'gzip;q=x'])
    assert.equal(prefersGzip(header), false, String(header));
  assert.equal(prefersGzip('identity;q=0.5, gzip;q=0.8'), true);
  assert.equal(prefersGzip('identity, gzip;q=0.8'), false);
});
