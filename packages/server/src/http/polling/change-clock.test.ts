import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JobId } from '@arras/contract';
import { ChangeClock } from './change-clock.ts';

const id = 'job' as JobId;

test('each change moves the clock of what it is about', () => {
  const clock = new ChangeClock();
  clock.hear({ kind: 'job', id, owner: 'ada' });
  clock.hear({ kind: 'system', id: 'exec' });
  clock.hear({ kind: 'permissions', id });
  assert.deepEqual(
    [clock.ownerAt('ada'), clock.jobsAt, clock.systemAt('exec'), clock.permissionsAt, clock.anythingAt],
    [1, 1, 2, 3, 0],
  );
  assert.equal(clock.ownerAt('bob'), 0);
  clock.hear(null);
  assert.deepEqual([clock.anythingAt, clock.now], [4, 4]);
});

test('events that are told again move nothing', () => {
  const clock = new ChangeClock();
  const events = (seq: number) => clock.hear({ kind: 'events', id, owner: 'ada', seq });
  events(2);
  events(2);
  events(1);
  assert.equal(clock.now, 1);
  events(3);
  assert.equal(clock.ownerAt('ada'), 2);
});

test('what does not concern jobs moves nothing', () => {
  const clock = new ChangeClock();
  clock.hear({ kind: 'tokens' });
  clock.hear({ kind: 'deliveries' });
  assert.equal(clock.now, 0);
});

test('more subjects than are remembered count as a change of everything', () => {
  const clock = new ChangeClock();
  for (let number = 0; number <= 10_000; number += 1) clock.hear({ kind: 'system', id: `system ${number}` });
  assert.equal(clock.anythingAt, 10_001);
  assert.equal(clock.systemAt('system 1'), 0);
});
