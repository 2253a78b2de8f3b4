import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentTypeOf, mediaTypeOf } from './media-types.ts';

test('the media type follows from the end of the name', () => {
  assert.equal(mediaTypeOf('a.TXT'), 'text/plain');
  assert.equal(mediaTypeOf('my-job-1.out'), 'text/plain');
  assert.equal(mediaTypeOf('a.tar.gz'), 'application/gzip');
  for (const name of ['a', '.bashrc', 'a.', 'a.toString'])
    assert.equal(mediaTypeOf(name), 'application/octet-stream');
  assert.equal(contentTypeOf('a.csv'), 'text/csv; charset=utf-8');
  assert.equal(contentTypeOf('a.png'), 'image/png');
});
