import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { namedVersions, Representation } from './representation.ts';

test('the tag is the version and a hash of the bytes', () => {
  const one = new Representation('{"a":1}', '12s');
  assert.match(one.tag, /^"12s\.[\w-]{22}"$/);
  assert.equal(new Representation('{"a":1}', '12s').tag, one.tag);
  assert.notEqual(new Representation('{"a":2}', '12s').tag, one.tag);
  assert.match(new Representation('{"a":1}').tag, /^"[\w-]{22}"$/);
  assert.equal(one.gzipTag, null);
});

test('what is long has a compressed form with a tag of its own', async () => {
  for (const length of [1_024, 100_000]) {
    const long = new Representation('é'.repeat(length), '3');
    assert.equal(long.gzipTag, `${long.tag.slice(0, -1)}-gzip"`);
    assert.deepEqual(gunzipSync(await long.compressed()), long.body);
    assert.equal(long.findTag(long.gzipTag ?? ''), long.gzipTag);
    assert.equal(long.findTag(`"x", W/${long.tag}`), long.tag);
    assert.equal(long.findTag(`"x", W/${long.gzipTag}`), long.gzipTag);
    assert.equal(long.findTag('*'), long.tag);
    assert.equal(long.findTag('"3.x"'), null);
  }
});

test('versions are read from every tag of a header', () => {
  assert.deepEqual(namedVersions('"12.abc", W/"13s.x-gzip", "other", *'), ['12', '13s']);
  assert.deepEqual(namedVersions('"x12.abc"'), []);
});
