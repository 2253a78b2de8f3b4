import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AppRequestBody,
  appRequestSchema,
  parseBody,
  parseJobRequest,
  type QueueRequest,
  queueRequestSchema,
} from '@arras/contract';
import fc from 'fast-check';
import { type JobFacts, type ResolvedJob, resolveJob, urisOf } from './resolve-job.ts';

const JOB_ID = '000001700000000000-0123abcd-4567-007';

function queue(fields: Record<string, unknown>): QueueRequest {
  return queueRequestSchema.parse(fields);
}

function facts(app: Partial<AppRequestBody>, more: Partial<JobFacts> = {}): JobFacts {
  const whole = parseBody(appRequestSchema, {
    name: 'wc',
    version: '1.0',
    parallelism: 'SERIAL',
    executionType: 'CLI',
    executionSystem: 'exec',
    deploymentPath: 'apps/wc',
    templatePath: 'wrapper.sh',
    testPath: 'test.sh',
    ...app,
  });
  if (!whole.ok) throw new Error(JSON.stringify(whole.problems));
  return {
    jobId: JOB_ID,
    owner: 'jdoe',
    appId: 'wc-1.0',
    app: whole.value,
    system: { id: 'exec', queues: [queue({ name: 'default', default: true })] },
    defaultStorageId: 'store',
    publicUrl: 'https://jobs.example.org',
    created: '2026-01-01T00:00:00.000+00:00',
    tenant: 'arras',
    findsMatch: (pattern, value) => new RegExp(pattern).test(value),
    ...more,
  };
}

function resolve(body: Record<string, unknown>, given: JobFacts) {
  const request = parseJobRequest({ name: 'My Job', appId: 'wc-1.0', ...body });
  if (!request.ok) throw new Error(JSON.stringify(request.problems));
  return resolveJob(request.value, given);
}

function resolved(body: Record<string, unknown>, given: JobFacts): ResolvedJob {
  const result = resolve(body, given);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

function problems(body: Record<string, unknown>, given: JobFacts): Record<string, string> {
  const result = resolve(body, given);
  return result.ok ? {} : Object.fromEntries(result.problems.map(({ field, message }) => [field, message]));
}

const DATA = { inputs: [{ id: 'data', value: { required: true } }] };
const MANY = { inputs: [{ id: 'data', semantics: { maxCardinality: -1 } }] };

test('a plain path becomes an address on the default storage system', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a/b.csv', 'agave://store/a/b.csv'],
    ['/abs/b.csv', 'agave://store//abs/b.csv'],
    ['./a//b c%.csv', 'agave://store/a/b%20c%25.csv'],
    ['agave://other/x.csv', 'agave://other/x.csv'],
    ['tapis://other//x.csv', 'tapis://other//x.csv'],
  ];
  for (const [written, uri] of cases) {
    const job = resolved({ inputs: { data: written } }, facts(DATA));
    assert.deepEqual(urisOf(job.inputs), { data: [uri] }, written);
  }
});

test('inputs may be given as a list, as a text with semicolons, in parameters, or at the top level', () => {
  const both = { data: ['agave://store/a', 'agave://store/b'] };
  for (const body of [
    { inputs: { data: ['a', null, '', 'b'] } },
    { inputs: { data: 'a; b;' } },
    { parameters: { data: 'a;b' } },
    { data: ['a', 'b'] },
  ]) {
    assert.deepEqual(urisOf(resolved(body, facts(MANY)).inputs), both, JSON.stringify(body));
  }
});

test('a single value keeps its semicolons', () => {
  assert.deepEqual(urisOf(resolved({ inputs: { data: 'a;b' } }, facts(DATA)).inputs), {
    data: ['agave://store/a;b'],
  });
  const app = { parameters: [{ id: 'text' }] };
  const payload = "'; touch pwned; $(id) `id` ${IFS} \\ \n#SBATCH --uid=0";
  assert.deepEqual(resolved({ parameters: { text: payload } }, facts(app)).parameters, { text: payload });
});

test('every problem with the inputs is told at once under the name the user wrote', () => {
  const app = {
    inputs: [
      { id: 'needed', value: { required: true } },
      { id: 'hidden', value: { visible: false, default: 'h.txt' } },
      { id: 'csv', value: { validator: '\\.csv$' } },
      { id: 'few', semantics: { maxCardinality: 2 } },
      { id: 'web' },
      { id: 'up' },
      { id: 'top' },
    ],
  };
  const found = problems(
    {
      inputs: {
        hidden: 'x',
        csv: 'a.txt',
        few: ['1', '2', '3'],
        web: 'sftp://example.org/a',
        up: '../x',
        cvs: 'a',
      },
      top: 'agave:///x',
    },
    facts(app),
  );
  assert.deepEqual(Object.keys(found).toSorted(), [
    'inputs.csv',
    'inputs.cvs',
    'inputs.few',
    'inputs.hidden',
    'inputs.needed',
    'inputs.up',
    'inputs.web',
    'top',
  ]);
  assert.match(found['inputs.cvs'] ?? '', /did you mean "csv"\?/);
  assert.match(found['inputs.few'] ?? '', /at most 2 values, got 3/);
  assert.match(found['inputs.web'] ?? '', /register the host as a storage system/);
});

test('addresses of files elsewhere are inputs, and the own ones of the service are files of its systems', () => {
  const app = { inputs: [{ id: 'web', semantics: { maxCardinality: -1 } }] };
  const media = 'https://jobs.example.org/files/v2/media';
  const web = [
    'https://example.org/a/data.csv?x=1',
    `${media}/system/other/b%20c.csv?force=true`,
    `${media}/d.csv`,
  ];
  const { inputs } = resolved({ inputs: { web } }, facts(app));
  assert.deepEqual(
    inputs.web?.map(({ uri, systemId, path }) => [uri, systemId, path]),
    [
      ['https://example.org/a/data.csv?x=1', null, 'data.csv'],
      ['agave://other/b%20c.csv', 'other', 'b c.csv'],
      ['agave://store/d.csv', 'store', 'd.csv'],
    ],
  );
});

test('a hidden input gets the default of the app and an optional one left out stays absent', () => {
  const app = {
    inputs: [
      {
        id: 'hidden',
        value: { visible: false, default: ['h1.txt', 'h2.txt'] },
        semantics: { maxCardinality: -1 },
      },
      { id: 'shown', value: { default: 'template.txt' } },
    ],
  };
  assert.deepEqual(urisOf(resolved({}, facts(app)).inputs), {
    hidden: ['agave://store/h1.txt', 'agave://store/h2.txt'],
  });
});

test('two inputs that would be one file in the work directory are refused, and so are names of the service', () => {
  const found = problems({ inputs: { data: ['a/x.csv', 'agave://other/b/x.csv'] } }, facts(MANY));
  assert.match(found['inputs.data'] ?? '', /"x\.csv" is also the file name of agave:\/\/store\/a\/x\.csv/);
  for (const name of ['.arras', 'd/.arras', 'agave://s/.agave.archive', 'my-job.ipcexe']) {
    assert.match(
      problems({ inputs: { data: name } }, facts(MANY))['inputs.data'] ?? '',
      /used by the service/,
      name,
    );
  }
});

test('a plain path without a default storage system is refused and an address is not', () => {
  const given = facts(MANY, { defaultStorageId: null });
  assert.match(
    problems({ inputs: { data: 'a' }, archive: false }, given)['inputs.data'] ?? '',
    /agave:\/\/SYSTEM/,
  );
  assert.deepEqual(problems({ inputs: { data: 'agave://s/a' }, archive: false }, given), {});
});

test('parameters are read by their type', () => {
  const type = (name: string, more: object = {}) => ({
    parameters: [
      {
        id: 'p',
        value: { type: name, ...more },
        semantics: { maxCardinality: name === 'bool' || name === 'flag' ? 1 : -1 },
      },
    ],
  });
  const keys = { enum_values: [{ bar: 'Bars' }, { line: 'Lines' }] };
  const cases: readonly (readonly [object, unknown, unknown])[] = [
    [type('string'), 'x', 'x'],
    [type('string'), 12, '12'],
    [type('string'), true, 'true'],
    [type('string'), 1e21, '1000000000000000000000'],
    [type('string'), -1.5e-7, '-0.00000015'],
    [type('string'), 'a;b', ['a', 'b']],
    [type('string'), ['a;b'], 'a;b'],
    [type('number'), '12', 12],
    [type('number'), ' -.5 ', -0.5],
    [type('number'), 800000000, 800000000],
    [type('number'), ['1', 2.5], [1, 2.5]],
    [type('bool'), 'On', true],
    [type('bool'), 'False', false],
    [type('bool'), 1, true],
    [type('flag'), false, false],
    [type('enumeration', keys), 'bar', 'bar'],
    [type('enumeration', keys), ['bar', 'line'], ['bar', 'line']],
  ];
  for (const [app, given, stored] of cases) {
    const { parameters } = resolved({ parameters: { p: given } }, facts(app));
    assert.deepEqual(parameters, { p: stored }, JSON.stringify([app, given]));
  }
});

test('parameters of the wrong type, number or form are refused', () => {
  const one = (value: object, semantics: object = {}) => ({ parameters: [{ id: 'p', value, semantics }] });
  const cases: readonly (readonly [object, unknown, RegExp])[] = [
    [one({ type: 'number' }), 'ten', /expected a number/],
    [one({ type: 'number' }), true, /expected a number/],
    [one({ type: 'number' }), '1e999', /expected a number/],
    [one({ type: 'number' }), '12345678901234567890', /expected a number/],
    [one({ type: 'number', validator: '^[0-9]$' }), '12', /matches/],
    [one({ type: 'bool' }), 'maybe', /true or false/],
    [one({ type: 'bool' }), [true, false], /at most 1 value, got 2/],
    [
      one({ type: 'enumeration', enum_values: ['bar', 'line'] }),
      'lien',
      /one of bar, line.*did you mean "line"/,
    ],
    [one({ validator: '^a' }), 'ba', /matches \^a, got "ba"/],
    [one({ visible: false, default: 'x' }), 'y', /set by the app/],
    [one({ required: true }), undefined, /is required/],
    [one({}, { minCardinality: 2, maxCardinality: 3 }), 'a', /at least 2 values, got 1/],
  ];
  for (const [app, given, message] of cases) {
    const found = problems({ parameters: given === undefined ? {} : { p: given } }, facts(app));
    assert.match(found['parameters.p'] ?? '', message, JSON.stringify([app, given]));
  }
});

test('hidden parameters get the default of the app, visible ones left out stay absent', () => {
  const app = {
    parameters: [
      { id: 'flag', value: { type: 'flag', visible: false, default: 'on' } },
      { id: 'number', value: { type: 'number', visible: false, default: '7' } },
      { id: 'list', value: { visible: false, default: ['a', 'b'] }, semantics: { maxCardinality: 2 } },
      { id: 'shown', value: { default: 'template' } },
    ],
  };
  const given = facts(app);
  assert.deepEqual(resolved({}, given).parameters, { flag: true, number: 7, list: ['a', 'b'] });
});

test('resources come from the request, then the app, then the queue', () => {
  const system = {
    id: 'exec',
    queues: [queue({ name: 'normal', maxRequestedTime: '02:00:00', default: true })],
  };
  const plain = resolved({}, facts({}, { system }));
  assert.equal(plain.nodeCount, 1);
  assert.equal(plain.memoryPerNodeGb, null);
  assert.equal(plain.maxRunTimeSeconds, 7200);
  assert.equal(plain.batchQueue, 'normal');
  const app = {
    defaultNodeCount: 3,
    defaultMemoryPerNode: '4GB',
    defaultMaxRunTime: '00:30:00',
    defaultProcessorsPerNode: 2,
  };
  const fromApp = resolved({}, facts(app, { system }));
  assert.deepEqual(
    [fromApp.nodeCount, fromApp.processorsPerNode, fromApp.memoryPerNodeGb, fromApp.maxRunTimeSeconds],
    [3, 2, 4, 1800],
  );
  const asked = resolved(
    { nodeCount: '2', memoryPerNode: '512MB', maxRunTime: '0:05:00' },
    facts(app, { system }),
  );
  assert.deepEqual([asked.nodeCount, asked.memoryPerNodeGb, asked.maxRunTimeSeconds], [2, 0.5, 300]);
  assert.equal(resolved({}, facts({ defaultNodeCount: -1 }, { system })).nodeCount, 1);
});

test('the output goes below the own directory on the default storage system unless told otherwise', () => {
  assert.deepEqual(resolved({}, facts({})).archive, {
    system: 'store',
    path: `jdoe/archive/jobs/job-${JOB_ID}`,
  });
  assert.equal(resolved({ archive: 'false' }, facts({})).archive, null);
  assert.match(problems({}, facts({}, { defaultStorageId: null }))['archiveSystem'] ?? '', /archive: false/);
  assert.match(problems({ archivePath: 'a/../../b' }, facts({}))['archivePath'] ?? '', /\.\./);
  const named = resolved({ archiveSystem: 'other', archivePath: '/out/${JOB_NAME}/${JOB_ID}' }, facts({}));
  assert.deepEqual(named.archive, { system: 'other', path: `/out/my-job/${JOB_ID}` });
});

test('values that grow too long with their defaults are refused', () => {
  const values = Array.from({ length: 1200 }, (_, index) => `f${index}`);
  assert.match(
    problems({ inputs: { data: values } }, facts(MANY))['inputs'] ?? '',
    /at most 16384 characters/,
  );
});

test('whatever the request, resolving it gives a job or problems and never throws', () => {
  const app = {
    inputs: [{ id: 'data', value: { required: true }, semantics: { maxCardinality: -1 } }, { id: '__x' }],
    parameters: [
      { id: 'n', value: { type: 'number' }, semantics: { maxCardinality: -1 } },
      { id: 'b', value: { type: 'bool' } },
      { id: 'e', value: { type: 'enumeration', enum_values: ['a', 'b'] } },
      { id: 's', value: { validator: '^[a-z]' } },
    ],
  };
  const given = facts(app);
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom('a;b', '..', 'agave://', '-1e-9'),
  );
  const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 4 }), fc.constant(null));
  const id = fc.constantFrom('data', '__x', 'n', 'b', 'e', 's', 'toString', 'hasOwnProperty', 'zz');
  const request = fc.record(
    {
      name: fc.string({ minLength: 1, maxLength: 70 }),
      batchQueue: fc.constantFrom('default', 'defualt', 'x'),
      archivePath: fc.string({ unit: 'binary', maxLength: 300 }),
      inputs: fc.dictionary(id, value),
      parameters: fc.dictionary(id, value),
      data: value,
    },
    { requiredKeys: ['name'] },
  );
  fc.assert(
    fc.property(request, (body) => {
      const parsed = parseJobRequest({ appId: 'wc-1.0', ...body });
      if (!parsed.ok) return;
      const result = resolveJob(parsed.value, given);
      if (result.ok) assert.doesNotThrow(() => JSON.stringify(result.value));
      else assert.ok(result.problems.every(({ field, message }) => field !== '' && message !== ''));
    }),
    { numRuns: 500 },
  );
});
