import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHosts } from './resolve-host.ts';

test('the hosts file gives every name its addresses', () => {
  const hosts = parseHosts(
    '# local\n127.0.0.1  localhost Box # me\n::1\tlocalhost ip6-localhost\n\n10.0.0.7\n',
  );
  assert.deepEqual(hosts.get('localhost'), [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
  assert.deepEqual(hosts.get('box'), [{ address: '127.0.0.1', family: 4 }]);
  assert.equal(hosts.size, 3);
});
