import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectFields } from './filter.ts';

const job = {
  id: 'j1',
  status: 'RUNNING',
  inputs: { dataset: ['a', 'b'] },
  _links: { self: { href: 'S', title: 't' }, app: { href: 'A' } },
  parts: [{ name: 'x', size: 1 }, { name: 'y' }],
  ended: null,
};

const CASES: readonly (readonly [title: string, terms: string, expected: unknown])[] = [
  ['fields come in the order of the object', 'status,id', { id: 'j1', status: 'RUNNING' }],
  ['two children of one parent are both kept', '_links.self,_links.app', { _links: job._links }],
  ['any depth is reached', '_links.self.href', { _links: { self: { href: 'S' } } }],
  ['a parent and its child mean the parent', 'inputs,inputs.other', { inputs: job.inputs }],
  ['a child and its parent mean the parent', 'inputs.other,inputs', { inputs: job.inputs }],
  ['a star below a parent means all of it', '_links.*', { _links: job._links }],
  ['an unknown field of the result is skipped', 'nothing,id', { id: 'j1' }],
  ['an unknown child of a known parent is null', '_links.nothing', { _links: { nothing: null } }],
  ['nothing lies below a plain value', 'status.x,ended.x', { status: null, ended: null }],
  ['lists inside are filtered by element', 'parts.name', { parts: [{ name: 'x' }, { name: 'y' }] }],
  ['inherited names are not fields', 'constructor,toString,__proto__', {}],
];

for (const [title, terms, expected] of CASES) {
  test(`filter: ${title}`, () => {
    assert.deepEqual(selectFields(job, split(terms)), expected);
    assert.deepEqual(Object.keys(selectFields(job, split(terms)) as object), Object.keys(expected as object));
  });
}

test('filter: an element of a list of which nothing is left disappears', () => {
  assert.deepEqual(selectFields([{ id: 1 }, { name: 'n' }], [['id']]), [{ id: 1 }]);
});

function split(terms: string): string[][] {
  return terms.split(',').map((term) => term.split('.'));
}
