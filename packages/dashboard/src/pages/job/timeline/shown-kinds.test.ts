import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKinds, renderKinds, toggleKind } from './shown-kinds.ts';
import { ITEM_KINDS } from './timeline-item.ts';

test('an address without kinds, or with unknown ones, shows all', () => {
  assert.deepEqual(parseKinds(null), ITEM_KINDS);
  assert.deepEqual(parseKinds('nonsense,<b>'), ITEM_KINDS);
  assert.equal(renderKinds(ITEM_KINDS), null);
});

test('kinds survive the way into the address and back, in their order', () => {
  assert.equal(renderKinds(['delivery', 'status']), 'status,delivery');
  assert.deepEqual(parseKinds('delivery,status'), ['status', 'delivery']);
});

test('the first choice shows one kind alone, the next adds or takes away, and the last one gives all back', () => {
  const one = toggleKind(ITEM_KINDS, 'status');
  assert.deepEqual(one, ['status']);
  assert.deepEqual(toggleKind(one, 'delivery'), ['status', 'delivery']);
  assert.equal(renderKinds(toggleKind(one, 'status')), null);
});
