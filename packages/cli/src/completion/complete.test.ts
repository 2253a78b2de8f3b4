import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildProgram } from '../program.ts';
import { createRunner } from '../runner.ts';
import { type Candidate, complete, type LiveKind, type TypedFlags } from './complete.ts';

const asked: { kind: LiveKind; flags: TypedFlags }[] = [];
const plain = (...values: string[]): Promise<readonly Candidate[]> =>
  Promise.resolve(values.map((value) => ({ value, description: '' })));
const sources = {
  live: (kind: LiveKind, flags: TypedFlags) => {
    asked.push({ kind, flags });
    return plain(`${kind}-1`, `${kind}-2`);
  },
  fields: () => plain('id', 'status'),
  columns: () => plain('id', 'app'),
  addresses: () => plain('agave://store/', 'home/'),
  outputs: (job: string) => plain(`/${job}.out`, 'sub/'),
  filterTerms: () => plain('status:', 'sort:'),
};

async function values(...words: readonly string[]): Promise<readonly string[]> {
  const program = buildProgram('arras', createRunner('arras'));
  return (await complete(program, words, sources)).map(({ value }) => value);
}

test('commands are completed, and hidden ones are not', async () => {
  assert.deepEqual(await values('jo'), ['jobs']);
  assert.ok(!(await values('')).includes('__complete'));
  assert.deepEqual(await values('jobs', 'sh'), ['show']);
  assert.deepEqual(await values('jobs', 'outputs', 'd'), ['download', 'du']);
});

test('options are completed, and the values of those that have a choice', async () => {
  assert.ok((await values('jobs', 'list', '--')).includes('--saved'));
  assert.deepEqual(await values('jobs', 'list', '-f', ''), ['table', 'json']);
  assert.deepEqual(await values('jobs', 'list', '--color', 'a'), ['always', 'auto']);
  assert.deepEqual(await values('jobs', 'list', '--json', 'id,st'), ['id,status']);
  assert.deepEqual(await values('jobs', 'list', '-c', 'id,a'), ['id,app']);
  assert.deepEqual(await values('completion', 'z'), ['zsh']);
});

test('ids are those of the kind that the command takes', async () => {
  assert.deepEqual(await values('jobs', 'show', ''), ['job-1', 'job-2']);
  assert.deepEqual(await values('jobs', 'watch', 'job-1', ''), ['job-1', 'job-2']);
  assert.deepEqual(await values('jobs', 'show', 'job-1', ''), []);
  assert.deepEqual(await values('systems', 'show', ''), ['system-1', 'system-2']);
  assert.deepEqual(await values('apps', 'show', 'app-2'), ['app-2']);
  assert.deepEqual(await values('notify', 'attempts', ''), ['subscription-1', 'subscription-2']);
  assert.deepEqual(await values('notifications', 'listen', '--job', ''), ['job-1', 'job-2']);
  assert.deepEqual(await values('jobs', 'list', '--saved', ''), ['filter-1', 'filter-2']);
  assert.deepEqual(await values('jobs', 'list', 's'), ['status:', 'sort:']);
});

test('addresses of files and paths of jobs are completed', async () => {
  assert.deepEqual(await values('files', 'list', ''), ['agave://store/', 'home/']);
  assert.deepEqual(await values('files', 'copy', 'home/a', 'ag'), ['agave://store/']);
  assert.deepEqual(await values('files', 'upload', 'ho'), [], 'files here are the affair of the shell');
  assert.deepEqual(await values('files', 'upload', 'a', 'agave://'), ['agave://store/']);
  assert.deepEqual(await values('jobs', 'outputs', 'list', 'last', ''), ['/last.out', 'sub/']);
  assert.deepEqual(await values('jobs', 'outputs', 'download', '8f2c', 'x', 's'), ['sub/']);
});

test('a service that is named on the line is the one that is asked', async () => {
  asked.length = 0;
  await values('--url', 'http://other.test', 'jobs', 'show', '');
  assert.deepEqual(asked, [{ kind: 'job', flags: { url: 'http://other.test' } }]);
});
