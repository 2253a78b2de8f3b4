import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type InputValue, type JobAttributes, macroValues, type ParameterValue } from './macro-values.ts';

const ATTRIBUTES: JobAttributes = {
  jobName: 'My job',
  jobNameSlug: 'my-job',
  jobId: '01-007',
  appId: 'demo-0.1.0',
  executionSystem: 'local',
  batchQueue: null,
  batchQueueEffectiveName: null,
  submitTime: '2024-01-01T00:00:00.000Z',
  archive: false,
  archiveSystem: null,
  archivePath: null,
  archiveUrl: null,
  nodeCount: 2,
  processorsPerNode: 3,
  memoryPerNodeGb: 0.5,
  maxRunTimeSeconds: 100 * 3_600 + 61,
  workPath: '/scratch/01-007',
  owner: 'jdoe',
  tenant: 'main',
  baseUrl: 'https://example.org',
};
const PLAIN = { argument: null, showArgument: false, repeatArgument: false };

function words(
  name: string,
  job: { readonly inputs?: readonly InputValue[]; readonly parameters?: readonly ParameterValue[] },
) {
  const all = macroValues({ attributes: ATTRIBUTES, inputs: [], parameters: [], ...job });
  return all.find((macro) => macro.name === name)?.words;
}

const shown = (argument: string, repeatArgument = false) => ({
  argument,
  showArgument: true,
  repeatArgument,
});

test('the argument of an input goes before its first file, or before each', () => {
  const files = (style: typeof PLAIN | ReturnType<typeof shown>) =>
    words('f', { inputs: [{ id: 'f', fileNames: ['a b', 'c'], ...style }] });
  assert.deepEqual(files(PLAIN), ['a b', 'c']);
  assert.deepEqual(files(shown('--in=')), ['--in=a b', 'c']);
  assert.deepEqual(files(shown('--in=', true)), ['--in=a b', '--in=c']);
  assert.deepEqual(files(shown('--in ')), ['--in', 'a b', 'c']);
  assert.deepEqual(files(shown('-v  --in ', true)), ['-v', '--in', 'a b', '-v', '--in', 'c']);
  assert.deepEqual(files({ ...PLAIN, argument: '--hidden=' }), ['a b', 'c']);
});

test('parameters become words by their type', () => {
  const value = (type: ParameterValue['type'], values: ParameterValue['values'], style = PLAIN) =>
    words('p', { parameters: [{ id: 'p', type, values, ...style }] });
  assert.deepEqual(value('number', [1.5, 2]), ['1.5', '2']);
  assert.deepEqual(value('string', ['']), ['']);
  assert.deepEqual(value('string', []), []);
  assert.deepEqual(value('bool', [true]), ['1']);
  assert.deepEqual(value('bool', [false]), []);
  assert.deepEqual(
    words('p', {
      parameters: [{ id: 'p', type: 'flag', values: [true], ...PLAIN, argument: '-x --legend' }],
    }),
    ['-x', '--legend'],
  );
  assert.deepEqual(value('flag', [false]), []);
});

test('job attributes have their documented form and win over ids of the same name', () => {
  assert.deepEqual(words('AGAVE_JOB_MAX_RUNTIME', {}), ['100:01:01']);
  assert.deepEqual(words('AGAVE_JOB_MAX_RUNTIME_MILLISECONDS', {}), ['360061000']);
  assert.deepEqual(words('IPLANT_CORES_REQUESTED', {}), ['6']);
  assert.deepEqual(words('AGAVE_JOB_ARCHIVE', {}), []);
  const parameters: readonly ParameterValue[] = [
    { id: 'agave_job_id', type: 'string', values: ['forged'], ...PLAIN },
  ];
  assert.deepEqual(words('AGAVE_JOB_ID', { parameters }), ['01-007']);
  assert.equal(words('agave_job_id', { parameters }), undefined);
});
