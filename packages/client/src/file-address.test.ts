import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFileAddress, renderFileAddress } from './file-address.ts';

test('addresses name a system, plain paths none', () => {
  const at = (systemId: string, path: string) => ({ systemId, path });
  assert.deepEqual(
    parseFileAddress('agave://store.example.org/data/a.csv'),
    at('store.example.org', 'data/a.csv'),
  );
  assert.deepEqual(parseFileAddress('TAPIS://store//data/a%20b'), at('store', '/data/a b'));
  assert.deepEqual(parseFileAddress('agave://store'), at('store', ''));
  assert.deepEqual(parseFileAddress('data/50%/a b'), { path: 'data/50%/a b' });
  assert.deepEqual(parseFileAddress(''), { path: '' });
});

test('other addresses, bad ids and broken escapes are none', () => {
  for (const text of ['https://example.org/a', 'agave:///a', 'agave://a_b/c', 'agave://store/%zz', 'ftp://x'])
    assert.equal(parseFileAddress(text), null, text);
});

test('what is written is read back', () => {
  for (const path of ['', 'a/b', '/a/b', 'a b%#?.txt', 'ünïcode/数列']) {
    const address = { systemId: 'store', path };
    assert.deepEqual(parseFileAddress(renderFileAddress(address)), address);
  }
  assert.equal(renderFileAddress({ path: 'a b' }), 'a b');
});
