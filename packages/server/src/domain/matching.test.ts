import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMatch, mirrorsOf, statusAfter } from './matching.ts';

const JOB = '1-a-b-007';

test('a subscription matches its resource and its event, or any of them', () => {
  const happened = { resourceUuid: JOB, name: 'FINISHED' };
  assert.ok(isMatch({ associatedUuid: JOB, event: 'FINISHED' }, happened));
  assert.ok(isMatch({ associatedUuid: JOB, event: '*' }, happened));
  assert.ok(isMatch({ associatedUuid: '*', event: 'FINISHED' }, happened));
  assert.ok(!isMatch({ associatedUuid: '2-a-b-007', event: '*' }, happened));
  assert.ok(!isMatch({ associatedUuid: JOB, event: 'FAILED' }, happened));
  assert.ok(!isMatch({ associatedUuid: JOB, event: 'finished' }, happened));
});

test('a job event is told once more on system and app where the table says so', () => {
  const uuids = { system: 's-006', app: 'a-005' };
  assert.deepEqual(mirrorsOf('CREATED', uuids), [
    { resourceUuid: 's-006', name: 'JOB_CREATED' },
    { resourceUuid: 'a-005', name: 'JOB_CREATED' },
  ]);
  assert.deepEqual(mirrorsOf('FINISHED', uuids), [{ resourceUuid: 's-006', name: 'JOB_FINISHED' }]);
  assert.deepEqual(mirrorsOf('CREATED', { system: 's-006', app: null }).length, 1);
  for (const name of ['PENDING', 'HEARTBEAT', 'my_event', 'toString'])
    assert.deepEqual(mirrorsOf(name, uuids), []);
});

test('a one-shot subscription ends with its event, a persistent one with its endpoint', () => {
  assert.equal(statusAfter({ persistent: false }, 'delivered'), 'COMPLETE');
  assert.equal(statusAfter({ persistent: false }, 'exhausted'), 'FAILED');
  assert.equal(statusAfter({ persistent: true }, 'delivered'), 'ACTIVE');
  assert.equal(statusAfter({ persistent: true }, 'exhausted'), 'ACTIVE');
  assert.equal(statusAfter({ persistent: true }, 'gone'), 'INACTIVE');
  assert.equal(statusAfter({ persistent: false }, 'gone'), 'INACTIVE');
});
