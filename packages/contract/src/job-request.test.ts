import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JobRequest, listValues, parseJobRequest } from './job-request.ts';
import { DEFAULT_POLICY } from './subscriptions.ts';

const least = { name: 'count words', appId: 'wc-1.0' };

function parsed(body: unknown): JobRequest {
  const result = parseJobRequest(body);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function badFields(body: unknown): string[] {
  const result = parseJobRequest(body);
  assert.ok(!result.ok, 'expected problems');
  return result.problems.map(({ field }) => field);
}

test('the smallest request has a name and an app, and archives', () => {
  const request = parsed(least);
  assert.equal(request.archive, true);
  assert.deepEqual([request.inputs, request.parameters, request.notifications], [{}, {}, []]);
  assert.equal(request.nodeCount, undefined);
});

test('every alias means its field', () => {
  const request = parsed({
    jobName: 'count words',
    softwareName: 'wc-1.0',
    executionHost: 'exec.example.org',
    queue: 'normal',
    nodeCount: '2',
    processorCount: '16',
    maxMemory: '1GB',
    requestedTime: '0:05:00',
    callbackURL: 'https://example.org/hook',
  });
  const {
    name,
    appId,
    executionSystem,
    batchQueue,
    nodeCount,
    processorsPerNode,
    memoryPerNode,
    maxRunTime,
  } = request;
  assert.deepEqual(
    { name, appId, executionSystem, batchQueue, nodeCount, processorsPerNode, memoryPerNode, maxRunTime },
    {
      ...least,
      executionSystem: 'exec.example.org',
      batchQueue: 'normal',
      nodeCount: 2,
      processorsPerNode: 16,
      memoryPerNode: 1,
      maxRunTime: '00:05:00',
    },
  );
  assert.equal(parsed({ ...least, processorsOnEachNode: 4 }).processorsPerNode, 4);
  assert.deepEqual(
    request.notifications.map(({ event, persistent, url }) => [event, persistent, url]),
    ['FINISHED', 'FAILED', 'STOPPED'].map((event) => [event, false, 'https://example.org/hook']),
  );
});

test('lower-cased names are tolerated, and an own name wins over an alias in any order', () => {
  assert.equal(parsed({ name: 'a', appid: 'wc-1.0', nodecount: 3 }).nodeCount, 3);
  assert.equal(parsed({ name: 'own', jobName: 'alias', appId: 'wc-1.0' }).name, 'own');
  assert.equal(parsed({ jobName: 'alias', name: 'own', appId: 'wc-1.0' }).name, 'own');
});

test('memory may be a number, its digits, or a text with a unit', () => {
  for (const [value, gb] of [
    ['1GB', 1],
    ['1', 1],
    [1.5, 1.5],
    ['512MB', 0.5],
    // The default of an app that has none, as existing clients copy it.
    [-1, undefined],
    ['-1GB', undefined],
  ] as const) {
    assert.equal(parsed({ ...least, memoryPerNode: value }).memoryPerNode, gb);
  }
});

test('archive is true for the words of truth, for blank and for nothing, and false for every other text', () => {
  for (const value of [true, 'true', 'True', 'YES', 'on', '1', 1, '', null]) {
    assert.equal(parsed({ ...least, archive: value }).archive, true, String(value));
  }
  for (const value of [false, 'False', 'no', '0', 0, 'nope']) {
    assert.equal(parsed({ ...least, archive: value }).archive, false, String(value));
  }
});

test('all problems come at once, each under the name that the user wrote', () => {
  const fields = badFields({
    softwareName: 'x',
    nodecount: 'two',
    processorCount: 0,
    maxMemory: 'much',
    requestedTime: '1:2',
    queue: 'a b',
    executionHost: '-oProxyCommand=x',
    archivePath: 'a\nb',
    inputs: { dataset: 5 },
    parameters: { width: { nested: true } },
    notifications: [
      { URL: 'ftp://example.org', event: '*' },
      { url: 'a@example.org', event: 'not one', policy: { retrylimit: 9999 } },
    ],
    dependencies: ['other'],
  });
  assert.deepEqual(fields.toSorted(), [
    'archivePath',
    'dependencies',
    'executionHost',
    'inputs.dataset',
    'maxMemory',
    'name',
    'nodecount',
    'notifications.0.URL',
    'notifications.1.event',
    'notifications.1.policy.retrylimit',
    'parameters.width',
    'processorCount',
    'queue',
    'requestedTime',
    'softwareName',
  ]);
});

test('a problem says what was expected, what was got and, for a missing field, that it is required', () => {
  const result = parseJobRequest({ appId: 'wc-1.0', nodeCount: 'two' });
  assert.deepEqual(result, {
    ok: false,
    problems: [
      {
        field: 'name',
        message: 'is required: expected the name of the job, a text of at most 64 characters',
      },
      { field: 'nodeCount', message: 'expected a whole number above 0, got "two" (string)' },
    ],
  });
});

test('fields that the server owns and unknown ones are ignored', () => {
  const hostile = JSON.parse(
    '{"name":"a","appId":"wc-1.0","id":"x","status":"FINISHED","created":{"a":1},"__proto__":{"archive":false},"constructor":{"prototype":{"x":1}}}',
  ) as unknown;
  const request = parsed(hostile);
  assert.equal(request.archive, true);
  assert.equal(Object.getPrototypeOf(request), Object.prototype);
  assert.deepEqual(request.topLevel, { id: 'x', status: 'FINISHED' });
});

test('forms give values at the top level and structures as JSON text', () => {
  const request = parsed({
    ...least,
    batchQueue: '',
    query1: 'agave://store/a.txt',
    lines: ['1', '2'],
    parameters: '{"width":1024}',
    notifications: '[{"url":"https://example.org/${JOB_ID}?e=${EVENT}","event":"*","persistent":"True"}]',
  });
  assert.deepEqual(request.topLevel, { query1: 'agave://store/a.txt', lines: ['1', '2'] });
  assert.deepEqual(request.parameters, { width: 1024 });
  assert.equal(request.batchQueue, undefined);
  assert.deepEqual(request.notifications, [
    { url: 'https://example.org/${JOB_ID}?e=${EVENT}', event: '*', persistent: true, policy: DEFAULT_POLICY },
  ]);
});

test('one text for notifications is a callback, and beside a list the callback does not count', () => {
  assert.equal(parsed({ ...least, notifications: 'ada@example.org' }).notifications.length, 3);
  const both = parsed({ ...least, callbackUrl: 'ada@example.org', notifications: [] });
  assert.deepEqual(both.notifications, []);
  assert.deepEqual(badFields({ ...least, notifications: { url: 'a@example.org' } }), ['notifications']);
});

test('a policy that is given takes the documented defaults, and waits only where it can', () => {
  const policyOf = (policy: unknown) =>
    parsed({ ...least, notifications: [{ url: 'a@example.org', event: '*', policy }] }).notifications[0]
      ?.policy;
  assert.deepEqual(policyOf({ saveOnFailure: true }), {
    retryStrategy: 'IMMEDIATE',
    retryLimit: 5,
    retryRate: 5,
    retryDelay: 0,
    saveOnFailure: true,
  });
  assert.deepEqual(policyOf(null), DEFAULT_POLICY);
  const waiting = { url: 'a@example.org', event: '*', policy: { retryStrategy: 'NONE', retryDelay: 5 } };
  assert.deepEqual(badFields({ ...least, notifications: [waiting] }), ['notifications.0.policy.retryDelay']);
});

test('notification targets that are neither one address nor a web URL are refused', () => {
  const refused = [
    'u@x.org\r\nBcc: evil@e.org',
    'a@x.org,b@x.org',
    '"a b"@x.org',
    'Ada <a@x.org>',
    'agave://store/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://${JOB_NAME}.example.org/',
    'https://example.org/a\tb',
    String.raw`https:\\example.org`,
    `https://example.org/${'a'.repeat(1024)}`,
    '5125551234',
  ];
  for (const url of refused) {
    assert.deepEqual(
      badFields({ ...least, notifications: [{ url, event: '*' }] }),
      ['notifications.0.url'],
      url,
    );
  }
});

test('the password in a refused URL is not repeated', () => {
  const result = parseJobRequest({ ...least, callbackUrl: 'ftp://ada:s3cret@example.org/' });
  assert.ok(!result.ok);
  assert.doesNotMatch(JSON.stringify(result.problems), /s3cret/);
});

test('NUL and lone surrogates are refused everywhere, line ends where a directive or header could be reached', () => {
  for (const field of ['name', 'batchQueue', 'archivePath', 'executionSystem', 'appId']) {
    for (const poison of ['\0', '\n', '\r', '\u2028', '\u001b[31m', '\ud800']) {
      assert.deepEqual(badFields({ ...least, [field]: `wc-1.0${poison}x` }), [field]);
    }
  }
  assert.deepEqual(badFields({ ...least, inputs: { a: 'x\0' } }), ['inputs.a']);
  assert.deepEqual(badFields({ ...least, parameters: { a: ['ok', '\ud800'] } }), ['parameters.a']);
  assert.deepEqual(badFields({ ...least, query: 'x\0' }), ['query']);
  assert.deepEqual(parsed({ ...least, parameters: { a: "$(touch pwned)\n'" } }).parameters, {
    a: "$(touch pwned)\n'",
  });
});

test('inputs and parameters are limited as serialised, names by their length', () => {
  assert.deepEqual(badFields({ ...least, inputs: { a: 'x'.repeat(16_384) } }), ['inputs']);
  assert.deepEqual(badFields({ ...least, name: 'x'.repeat(65) }), ['name']);
});

test('whatever the body, parsing answers with a value or with problems and never throws', () => {
  fc.assert(
    fc.property(fc.anything(), fc.object(), (any, object) => {
      assert.equal(typeof parseJobRequest(any).ok, 'boolean');
      const result = parseJobRequest({ ...object, name: any, notifications: any, inputs: object });
      if (!result.ok) assert.ok(result.problems.length > 0);
    }),
  );
});

test('the values of one field are a list: a text is split at semicolons, null and blank are dropped', () => {
  assert.deepEqual(listValues('a;b; ;c'), ['a', 'b', 'c']);
  assert.deepEqual(listValues(['a;b', null, '']), ['a;b']);
  assert.deepEqual(listValues(5), [5]);
  assert.deepEqual(listValues(null), []);
});
