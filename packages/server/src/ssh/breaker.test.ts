import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Breaker, createBreaker } from './breaker.ts';
import { type SshHostState, type SshStep, SshUnavailable } from './ssh-host.ts';

function createBed(random: number): { breaker: Breaker; states: SshHostState[]; skip: (ms: number) => void } {
  const states: SshHostState[] = [];
  let time = 0;
  const breaker = createBreaker({
    now: () => time,
    random: () => random,
    onState: (state) => states.push(state),
  });
  return {
    breaker,
    states,
    skip: (ms) => {
      time += ms;
    },
  };
}

const failure = (step: SshStep) => new SshUnavailable(step, `failed to ${step}`);

/** How long the host rests from now, in whole seconds. */
function restSeconds({ breaker, skip }: ReturnType<typeof createBed>): number {
  for (let seconds = 0; ; seconds += 1) {
    try {
      breaker.check();
      return seconds;
    } catch {
      skip(1_000);
    }
  }
}

test('rests double from one second to a minute', () => {
  const bed = createBed(1);
  const rests = Array.from({ length: 9 }, () => {
    bed.breaker.failed(failure('connect'));
    return restSeconds(bed);
  });
  assert.deepEqual(rests, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('a rest is a random part of its longest length', () => {
  const bed = createBed(0.25);
  for (let count = 0; count < 8; count += 1) bed.breaker.failed(failure('connect'));
  assert.equal(restSeconds(bed), 15);
});

test('after five refused proofs at least a minute passes between two', () => {
  const bed = createBed(0);
  const rests = Array.from({ length: 7 }, () => {
    bed.breaker.failed(failure('authenticate'));
    return restSeconds(bed);
  });
  assert.deepEqual(rests, [0, 0, 0, 0, 60, 60, 60]);
  bed.breaker.authenticated();
  bed.breaker.failed(failure('authenticate'));
  assert.equal(restSeconds(bed), 0);
});

test('changes of state are told once, and a success ends the rest', () => {
  const bed = createBed(1);
  bed.breaker.succeeded();
  for (const step of ['connect', 'connect', 'authenticate', 'authenticate'] as const)
    bed.breaker.failed(failure(step));
  assert.throws(() => bed.breaker.check(), { step: 'resting', message: /after: failed to authenticate/ });
  bed.breaker.succeeded();
  bed.breaker.succeeded();
  bed.breaker.check();
  assert.deepEqual(
    bed.states.map((state) => (state.kind === 'reachable' ? state.kind : state.step)),
    ['connect', 'authenticate', 'reachable'],
  );
});
