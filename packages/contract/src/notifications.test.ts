import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isReservedEventName } from './events.ts';
import { jobPermissionRequestSchema } from './job-permissions.ts';
import {
  customEventSchema,
  notificationRequestSchema,
  notificationUpdateSchema,
  resourceKindOf,
} from './notifications.ts';
import { parseBody } from './parse-body.ts';

const JOB = '1674389564419740136-242ac113-0001-007';
const usual = { url: 'https://example.org/', event: '*', associatedUuid: JOB };

function problemsOf(body: unknown) {
  const parsed = parseBody(notificationRequestSchema, body);
  return parsed.ok ? [] : parsed.problems.map(({ field, message }) => `${field}: ${message}`);
}

test('a subscription as it is shown can be sent back', () => {
  const shown = {
    ...usual,
    id: 'x',
    owner: 'ada',
    status: 'ACTIVE',
    responseCode: null,
    attempts: 0,
    lastSent: null,
  };
  const more = {
    success: false,
    signed: true,
    lastUpdated: 't',
    created: 't',
    _links: {},
    persistent: false,
  };
  assert.deepEqual(problemsOf({ ...shown, ...more }), []);
});

test('unknown properties are named with the nearest known one, all together with the wrong ones', () => {
  assert.deepEqual(problemsOf({ ...usual, uri: 'x', event: '', policy: { limit: 3, retryLimit: 'x' } }), [
    'uri: is not known; did you mean "url"?',
    'policy.limit: is not known; expected one of retryStrategy, retryLimit, retryRate, retryDelay, saveOnFailure',
    'event: expected the name of an event, not empty, got "" (string)',
    'policy.retryLimit: expected a whole number from 0 to 1440, got "x" (string)',
  ]);
});

test('a property of the prototype is not a known one', () => {
  assert.equal(
    problemsOf(JSON.parse('{"url":"a@b.org","event":"*","associatedUuid":"*","toString":1}')).length,
    1,
  );
});

test('a secret is made, given or left out, and never repeated when it is wrong', () => {
  const secretOf = (secret: unknown) => {
    const parsed = parseBody(notificationRequestSchema, { ...usual, secret });
    return parsed.ok ? parsed.value.secret : parsed.problems[0]?.message;
  };
  assert.equal(secretOf(undefined), null);
  assert.equal(secretOf(false), null);
  assert.equal(secretOf(true), 'make');
  assert.equal(secretOf('true'), 'make');
  const given = `whsec_${'A'.repeat(32)}`;
  assert.deepEqual(secretOf(given), { given });
  assert.doesNotMatch(JSON.stringify(secretOf('whsec_canary')), /canary/);
});

test('a change may leave everything out', () => {
  assert.deepEqual(parseBody(notificationUpdateSchema, {}), { ok: true, value: {} });
});

test('the kind of a resource is the end of its id', () => {
  assert.deepEqual([JOB, 'x-005', 'x-006', 'x-011', 'x-009', ''].map(resourceKindOf), [
    'job',
    'app',
    'system',
    'notification',
    null,
    null,
  ]);
});

test('names of the events of every resource are reserved, in any case', () => {
  for (const name of ['RUNNING', 'heartbeat', 'Publish', 'PUBLISHED', 'FORCED_ATTEMPT', 'JOB_CREATED'])
    assert.equal(isReservedEventName(name), true, name);
  for (const name of ['STEP_DONE', 'JOB_RUNTIME_CALLBACK_EVENT', 'FINISHED_STEP'])
    assert.equal(isReservedEventName(name), false, name);
});

test('the event of a program keeps all its fields and has a limit', () => {
  const body = { CUSTOM_USER_JOB_EVENT_NAME: 'A', list: [1, { x: null }] };
  assert.deepEqual(parseBody(customEventSchema, body), { ok: true, value: body });
  const long = parseBody(customEventSchema, { ...body, text: 'x'.repeat(5_100) });
  assert.match(long.ok ? '' : (long.problems[0]?.message ?? ''), /at most 5120 characters/);
});

test('a blank permission differs from none, and null is none', () => {
  const read = (permission: unknown) => {
    const parsed = parseBody(jobPermissionRequestSchema, { username: 'bob', permission });
    return parsed.ok ? parsed.value.permission : 'refused';
  };
  assert.deepEqual(['', '  ', null, 'none', 'read_permission', 'rw', 3, undefined].map(read), [
    '',
    '',
    'NONE',
    'NONE',
    'READ',
    'refused',
    'refused',
    'refused',
  ]);
});
