import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageAllowance } from './message-allowance.ts';

const number = (index: number) => String(index).padStart(19, '0');

test('what was said slowly may all come at once, what is said at once may not', () => {
  const allowance = new MessageAllowance({ burst: 3, perMinute: 60 });
  const slow = Array.from({ length: 100 }, (_, index) =>
    allowance.admits({ tag: 'slow', number: number(index), sentMs: index * 1_000 }),
  );
  assert.ok(slow.every(Boolean));
  const fast = Array.from({ length: 100 }, (_, index) =>
    allowance.admits({ tag: 'fast', number: number(index), sentMs: 50_000 + index }),
  );
  assert.equal(fast.filter(Boolean).length, 3);
  assert.ok(allowance.admits({ tag: 'fast', number: number(200), sentMs: 52_000 }));
});

test('a message that comes again is counted once', () => {
  const allowance = new MessageAllowance({ burst: 2, perMinute: 1 });
  for (let round = 0; round < 10; round += 1) {
    assert.ok(allowance.admits({ tag: 'a', number: number(1), sentMs: 0 }));
  }
  assert.ok(allowance.admits({ tag: 'a', number: number(2), sentMs: 0 }));
  assert.equal(allowance.admits({ tag: 'a', number: number(3), sentMs: 0 }), false);
});
