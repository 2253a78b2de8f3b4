import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppView, QueueView } from '@arras/contract';
import { fieldsOf } from './app-fields.ts';
import { copySubmission } from './copy-submission.ts';
import { placeProblems } from './place-problems.ts';
import { queueText } from './queue-text.ts';
import {
  linesOf,
  numberOf,
  readDraft,
  textOf,
  withField,
  withoutBlanks,
  withValue,
} from './request-edits.ts';
import { SubmissionKey } from './submission-key.ts';

const details = { label: '', description: '', argument: null, showArgument: false, repeatArgument: false };
const semantics = { minCardinality: 0, maxCardinality: 1, ontology: [], fileTypes: [] };
const value = { visible: true, required: false, order: 0, enquote: false, default: '', validator: null };
const APP: Pick<AppView, 'inputs' | 'parameters'> = {
  inputs: [
    { id: 'late', value: { ...value, order: 2 }, details, semantics: { ...semantics, maxCardinality: -1 } },
    { id: 'hidden', value: { ...value, visible: false }, details, semantics },
    { id: 'early', value: { ...value, required: true }, details: { ...details, label: 'Data' }, semantics },
  ],
  parameters: [
    {
      id: 'colour',
      value: { ...value, type: 'enumeration', enum_values: [{ r: 'Red' }, { g: '' }] },
      details,
      semantics,
    },
    { id: 'text', value: { ...value, type: 'string', validator: '^[a-z]+$' }, details, semantics },
  ],
};

test('a form has the visible inputs and parameters, in the order of the app', () => {
  assert.deepEqual(
    fieldsOf(APP).map(({ path, label, kind, isRequired, isList }) => [path, label, kind, isRequired, isList]),
    [
      ['inputs.early', 'Data', 'path', true, false],
      ['inputs.late', 'late', 'path', false, true],
      ['parameters.colour', 'colour', 'enumeration', false, false],
      ['parameters.text', 'text', 'string', false, false],
    ],
  );
  const [, late, colour, text] = fieldsOf(APP);
  assert.deepEqual(late?.hints, ['0 to any number of values, one a line']);
  assert.deepEqual(colour?.choices, [
    { value: 'r', label: 'Red' },
    { value: 'g', label: 'g' },
  ]);
  assert.deepEqual(text?.hints, ['has to match ^[a-z]+$']);
});

test('a problem is said at the field that it is about, and one without a field in the summary', () => {
  const { atField, elsewhere } = placeProblems(
    [
      { field: 'inputs.a.2', message: 'one' },
      { field: 'inputs.a', message: 'two' },
      { field: 'inputs.ab', message: 'three' },
      { field: '', message: 'four' },
    ],
    ['inputs.a', 'name'],
  );
  assert.deepEqual([...atField], [['inputs.a', ['one', 'two']]]);
  assert.deepEqual(
    elsewhere.map(({ message }) => message),
    ['three', 'four'],
  );
});

test('edits keep what they are not about, and its order', () => {
  const draft = { name: 'a', appId: 'b', parameters: { x: 1 } };
  assert.equal(
    JSON.stringify(withField(draft, 'name', 'c')),
    '{"name":"c","appId":"b","parameters":{"x":1}}',
  );
  assert.deepEqual(withField(draft, 'name', undefined), { appId: 'b', parameters: { x: 1 } });
  assert.deepEqual(withValue(draft, 'parameters', 'y', true)['parameters'], { x: 1, y: true });
  assert.deepEqual(withValue({ inputs: 'broken' }, 'inputs', 'y', 'p')['inputs'], { y: 'p' });
});

test('a number is one only when nothing typed is lost by it', () => {
  assert.deepEqual(['3', '-0.5', '1.', '', '1e3', 'many', '007'].map(numberOf), [
    3,
    -0.5,
    '1.',
    '',
    '1e3',
    'many',
    '007',
  ]);
});

test('every value has a text, and a list one a line', () => {
  assert.deepEqual([undefined, null, 'a', 2, false].map(textOf), ['', '', 'a', '2', 'false']);
  assert.equal(linesOf(['a', null, 3]), 'a\n\n3');
});

test('blank optional values are left out of a template, blank required ones stay to be filled in', () => {
  const template = {
    name: 'n',
    appId: 'a',
    inputs: { early: '', late: [] },
    parameters: { colour: '', text: 'x' },
  };
  const draft = withoutBlanks(template, (id) => id === 'early');
  assert.deepEqual(draft, { name: 'n', appId: 'a', inputs: { early: '' }, parameters: { text: 'x' } });
});

test('a text that is no request says why', () => {
  assert.deepEqual(readDraft('{"name":"x"}'), { draft: { name: 'x' } });
  for (const text of ['[]', 'null', '3', '{']) assert.ok('problem' in readDraft(text), text);
});

test('the same request keeps its key, a changed one gets another', () => {
  let last = 0;
  const keys = new SubmissionKey(() => `key-${++last}`);
  assert.equal(keys.of({ name: 'a' }), 'key-1');
  assert.equal(keys.of({ name: 'a' }), 'key-1');
  assert.equal(keys.of({ name: 'b' }), 'key-2');
});

test('nothing in a request ends the quotes of a shell', () => {
  const { cli, curl } = copySubmission({ name: "it's\nEND\n$(x)" }, 'http://h');
  assert.equal(cli.split('\n').filter((line) => line === 'END').length, 1);
  assert.ok(curl.includes(`it'\\''s\\nEND\\n$(x)`), curl);
});

test('a queue says its limits', () => {
  const queue = { maxNodes: 1, maxProcessorsPerNode: -1, maxMemoryPerNode: 4, maxRequestedTime: '01:00:00' };
  assert.equal(queueText(queue as QueueView), 'at most 1 node, 4 GB a node, 01:00:00');
});
