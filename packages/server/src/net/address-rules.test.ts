import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FORBIDDEN_ADDRESSES, PUBLIC_ADDRESSES } from '../../../../tests/support/forbidden-addresses.ts';
import { isDenied, parseRanges } from './address-rules.ts';

test('private, special and unreadable addresses are denied', () => {
  for (const address of FORBIDDEN_ADDRESSES) assert.ok(isDenied(address, []), address);
});

test('public addresses are not', () => {
  for (const address of PUBLIC_ADDRESSES) assert.ok(!isDenied(address, []), address);
});

test('what the operator allows is judged by the same bytes, and nothing beside it is opened', () => {
  const allowed = parseRanges(['10.0.0.0/8', 'fd00::/64', '127.0.0.1']);
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::7', 'fd00::7%eth0', '127.0.0.1']) {
    assert.ok(!isDenied(address, allowed), address);
  }
  for (const address of [
    '::10.1.2.3',
    '64:ff9b::10.1.2.3',
    '11.0.0.0.1',
    'fd00:0:0:1::1',
    '127.0.0.2',
    '192.168.0.1',
  ]) {
    assert.ok(isDenied(address, allowed), address);
  }
});

test('a range that cannot be read is named', () => {
  for (const range of ['10.0.0.0/33', 'example.org', '10.0.0.0/8,', '']) {
    assert.throws(() => parseRanges([range]), {
      name: 'RangeError',
      message: /expected an address or a range/,
    });
  }
});

test('an address in IPv6 clothes is never judged milder than in its own', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      if (!isDenied(address, [])) return;
      for (const prefix of ['::ffff:', '::', '64:ff9b::']) assert.ok(isDenied(`${prefix}${address}`, []));
    }),
  );
});
