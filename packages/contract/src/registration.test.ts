import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { appIdOf, appRequestSchema } from './app-request.ts';
import { parseBody } from './parse-body.ts';
import { profileRequestSchema } from './profiles.ts';
import { systemRequestSchema, systemUpdateSchema } from './system-request.ts';
import { SCHEDULERS, SCHEDULERS_OF } from './system-vocabulary.ts';
import { tokenRequestSchema } from './tokens.ts';

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = parseBody(schema, body);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function badFields(schema: z.ZodType, body: unknown): string[] {
  const result = parseBody(schema, body);
  assert.ok(!result.ok, 'expected problems');
  return result.problems.map(({ field }) => field).toSorted();
}

const local = { protocol: 'LOCAL', auth: { type: 'LOCAL' } };
const execution = {
  id: 'here',
  name: 'Here',
  type: 'EXECUTION',
  executionType: 'CLI',
  login: local,
  storage: local,
};
const remote = {
  ...execution,
  executionType: 'HPC',
  scheduler: 'SLURM',
  login: {
    protocol: 'SSH',
    host: 'login.example.org',
    port: 22,
    auth: { type: 'PASSWORD', username: 'u', password: 'p' },
  },
};

test('a local system needs no host, and a CLI system has FORK and an implicit queue', () => {
  const system = parsed(systemRequestSchema, execution);
  assert.equal(system.type, 'EXECUTION');
  assert.ok('queues' in system);
  assert.equal(system.scheduler, 'FORK');
  assert.deepEqual(
    system.queues.map(({ name, default: chosen, maxJobs, maxRequestedTime }) => ({
      name,
      chosen,
      maxJobs,
      maxRequestedTime,
    })),
    [{ name: 'default', chosen: true, maxJobs: -1, maxRequestedTime: '999:59:59' }],
  );
  assert.equal(system.maxSystemJobs, 2_147_483_647);
});

test('a storage system ignores the fields of execution systems', () => {
  const system = parsed(systemRequestSchema, {
    id: 'store',
    name: 'S',
    type: 'storage',
    storage: local,
    queues: [{ name: 'q' }],
  });
  assert.ok(!('queues' in system));
  assert.deepEqual(
    [system.storage.rootDir, system.storage.homeDir, system.status, system.available],
    ['/', '', 'UP', true],
  );
});

test('execution type and scheduler must fit, and both are needed', () => {
  assert.deepEqual(badFields(systemRequestSchema, { ...execution, scheduler: 'SLURM' }), ['scheduler']);
  assert.deepEqual(badFields(systemRequestSchema, { ...execution, executionType: 'HPC' }), ['scheduler']);
  assert.deepEqual(badFields(systemRequestSchema, { ...execution, executionType: '', login: null }), [
    'executionType',
    'login',
  ]);
  const custom = parsed(systemRequestSchema, { ...remote, scheduler: 'custom_sge' });
  assert.equal('scheduler' in custom && custom.scheduler, 'CUSTOM_GRIDENGINE');
});

test('every scheduler belongs to exactly one execution type', () => {
  assert.deepEqual(Object.values(SCHEDULERS_OF).flat().toSorted(), SCHEDULERS.toSorted());
});

test('protocols need host, port, a fitting authentication and its credentials, all told at once', () => {
  const body = {
    ...remote,
    login: { protocol: 'SSH', auth: { type: 'LOCAL' } },
    storage: { protocol: 'SFTP', host: '-oProxyCommand=x', port: 70_000, auth: { type: 'SSHKEYS' } },
    queues: [
      { name: 'a', maxJobs: 1, maxUserJobs: 2 },
      { name: 'a', maxNodes: 0 },
    ],
  };
  assert.deepEqual(badFields(systemRequestSchema, body), [
    'login.auth.type',
    'login.host',
    'login.port',
    'queues.0.maxUserJobs',
    'queues.1.maxNodes',
    'queues.1.name',
    'storage.auth.privateKey',
    'storage.auth.username',
    'storage.host',
    'storage.port',
  ]);
});

test('an update may leave out the id and the secrets', () => {
  const { id: _, ...rest } = remote;
  const body = { ...rest, login: { ...rest.login, auth: { type: 'PASSWORD' } } };
  assert.equal(parsed(systemUpdateSchema, body).type, 'EXECUTION');
  assert.deepEqual(badFields(systemRequestSchema, { ...body, id: 'x' }), [
    'login.auth.password',
    'login.auth.username',
  ]);
});

test('a refused secret is not repeated', () => {
  const body = {
    ...remote,
    login: { ...remote.login, auth: { type: 'PASSWORD', username: 'u', password: 'hunter2\0' } },
  };
  const result = parseBody(systemRequestSchema, body);
  assert.ok(!result.ok);
  assert.deepEqual(result.problems, [
    { field: 'login.auth.password', message: 'expected a password without NUL characters' },
  ]);
});

test('the last queue marked as default wins, the first is it without a mark; memory limits take units', () => {
  const queuesOf = (queues: object[]) => {
    const system = parsed(systemRequestSchema, { ...remote, queues });
    return 'queues' in system ? system.queues : [];
  };
  const marked = queuesOf([{ name: 'a', default: true }, { name: 'b', default: 'True' }, { name: 'c' }]);
  assert.deepEqual(
    marked.map((queue) => queue.default),
    [false, true, false],
  );
  const plain = queuesOf([
    { name: 'a', maxMemoryPerNode: '64GB' },
    { name: 'b', maxMemoryPerNode: -1 },
  ]);
  assert.deepEqual(
    plain.map((queue) => [queue.default, queue.maxMemoryPerNode]),
    [
      [true, 64],
      [false, -1],
    ],
  );
});

test('ids, directories and hosts that could mean something else are refused', () => {
  for (const id of ['-x', '.', '..', 'a/b', 'a b', 'a\n', 'jobs', 'x'.repeat(65), 'ä']) {
    assert.deepEqual(badFields(systemRequestSchema, { ...execution, id }), ['id'], id);
  }
  assert.deepEqual(badFields(systemRequestSchema, { ...execution, workDir: 'a/../..', scratchDir: '../x' }), [
    'scratchDir',
    'workDir',
  ]);
  assert.equal('workDir' in parsed(systemRequestSchema, { ...execution, workDir: 'a..b' }), true);
});

const app = {
  name: 'wc',
  version: '1.0',
  parallelism: 'SERIAL',
  executionType: 'CLI',
  executionSystem: 'here',
  deploymentPath: 'apps/wc',
  templatePath: 'wrapper.sh',
  testPath: 'test.sh',
};

test('an app takes the defaults of the spec, and its id is name-version', () => {
  const value = parsed(appRequestSchema, {
    ...app,
    inputs: [{ id: 'text' }],
    parameters: [{ id: 'n', value: { type: 'number' } }],
  });
  assert.equal(appIdOf(value), 'wc-1.0');
  assert.deepEqual(
    [
      value.defaultNodeCount,
      value.defaultProcessorsPerNode,
      value.defaultMemoryPerNode,
      value.defaultMaxRunTime,
      value.available,
    ],
    [1, 1, -1, null, true],
  );
  assert.deepEqual(value.inputs[0], {
    id: 'text',
    value: { visible: true, required: false, order: 0, enquote: false, validator: null },
    details: { label: '', description: '', argument: null, showArgument: false, repeatArgument: false },
    semantics: { minCardinality: 0, maxCardinality: 1, ontology: [], fileTypes: [] },
  });
});

test('hidden inputs are required, need a default, and have at least one value', () => {
  const hidden = (value: object) => ({ ...app, inputs: [{ id: 'a', value: { visible: false, ...value } }] });
  assert.deepEqual(badFields(appRequestSchema, hidden({})), ['inputs.0.value.default']);
  const { required } = parsed(appRequestSchema, hidden({ default: 'x' })).inputs[0]?.value ?? {};
  assert.equal(required, true);
});

test('defaults must fit the cardinality and the type', () => {
  const parameter = (value: object, semantics = {}) => ({
    ...app,
    parameters: [{ id: 'p', value, semantics }],
  });
  const refused = [
    parameter({ type: 'number', default: 'many' }),
    parameter({ type: 'bool', default: 'maybe' }),
    parameter({ type: 'enumeration', enum_values: [{ a: 'A' }, 'b'], default: 'c' }),
    parameter({ default: ['a', 'b'] }),
    parameter({ default: 'a' }, { minCardinality: 2, maxCardinality: 3 }),
  ];
  for (const body of refused)
    assert.deepEqual(badFields(appRequestSchema, body), ['parameters.0.value.default']);
  assert.deepEqual(badFields(appRequestSchema, parameter({ type: 'enumeration' })), [
    'parameters.0.value.enum_values',
  ]);
  assert.deepEqual(badFields(appRequestSchema, parameter({ type: 'flag' }, { maxCardinality: 2 })), [
    'parameters.0.semantics.maxCardinality',
  ]);
  const values = parsed(
    appRequestSchema,
    parameter({ type: 'enumeration', enum_values: [{ a: 'A' }, 'b'], default: 'b' }),
  );
  assert.deepEqual(values.parameters[0]?.value.enum_values, [{ a: 'A' }, { b: 'b' }]);
});

test('ids of inputs and parameters are plain and differ by more than case', () => {
  for (const id of ['__proto__', 'constructor', 'a}b', '$x', 'a\nb', '', 'x'.repeat(65)]) {
    assert.deepEqual(badFields(appRequestSchema, { ...app, inputs: [{ id }] }), ['inputs.0.id'], id);
  }
  assert.deepEqual(
    badFields(appRequestSchema, { ...app, inputs: [{ id: 'a' }], parameters: [{ id: 'A' }] }),
    ['parameters.0.id'],
  );
});

test('validators are limited to 1 KiB, paths cannot climb, versions are numbers and dots', () => {
  const body = {
    ...app,
    version: '1.x',
    templatePath: '../wrapper.sh',
    inputs: [{ id: 'a', value: { validator: 'x'.repeat(1025) } }],
  };
  assert.deepEqual(badFields(appRequestSchema, body), [
    'inputs.0.value.validator',
    'templatePath',
    'version',
  ]);
});

test('user names are fit for paths, and me is not one', () => {
  for (const username of ['me', 'world', '-x', '.x', '../x', 'A', 'a b', 'x'.repeat(33), '']) {
    assert.deepEqual(
      badFields(profileRequestSchema, { username, email: 'a@example.org' }),
      ['username'],
      username,
    );
  }
  assert.equal(parsed(profileRequestSchema, { username: 'ada', email: 'ada@example.org' }).admin, false);
});

test('a token has a name and may have a lifetime', () => {
  assert.deepEqual(parsed(tokenRequestSchema, { name: 'laptop', lifetimeSeconds: '60' }), {
    name: 'laptop',
    lifetimeSeconds: 60,
  });
  assert.deepEqual(badFields(tokenRequestSchema, { lifetimeSeconds: 0 }), ['lifetimeSeconds', 'name']);
});
