import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDocumentQuery } from './document-query.ts';
import { readQueryText } from './read-query-text.ts';

const now = new Date('2026-03-10T12:00:00Z');
const parse = (query: unknown) =>
  parseDocumentQuery(query, { kind: 'metadata', now, judgePattern: () => null });
const path = (...names: string[]) => ({ kind: 'path', names });
const name = { kind: 'text', column: 'name' };

test('a plain value means equality, an object of operators all of them', () => {
  assert.deepEqual(parse({ name: 'x', 'value.a.b': { $gt: 1, $ne: null } }), {
    kind: 'all',
    of: [
      { kind: 'equals', field: name, value: 'x' },
      {
        kind: 'all',
        of: [
          { kind: 'compares', field: path('a', 'b'), operator: '>', value: 1 },
          { kind: 'not', of: { kind: 'equals', field: path('a', 'b'), value: null } },
        ],
      },
    ],
  });
  assert.deepEqual(parse({ value: { a: 1 } }), {
    kind: 'all',
    of: [{ kind: 'equals', field: path(), value: { a: 1 } }],
  });
});

test('times are read in any of their forms', () => {
  const field = { kind: 'time', column: 'created_at' };
  assert.deepEqual(parse({ created: { $gte: '2026-03-01', $lt: 'now' } }), {
    kind: 'all',
    of: [
      {
        kind: 'all',
        of: [
          { kind: 'compares', field, operator: '>=', value: '2026-03-01T00:00:00.000Z' },
          { kind: 'compares', field, operator: '<', value: '2026-03-10T12:00:00.000Z' },
        ],
      },
    ],
  });
});

test('what Python prints of a dictionary is read as data, and texts stay what they are', () => {
  for (const [text, value] of [
    ["{'a': True, 'b': None, 'c': [False, 1.5]}", { a: true, b: null, c: [false, 1.5] }],
    [`{'it': "it's", "True": 'None'}`, { it: "it's", True: 'None' }],
    [String.raw`{'a\'b': 'say "hi"'}`, { "a'b": 'say "hi"' }],
    [String.raw`{'path': 'C:\\x\u00e9'}`, { path: String.raw`C:\x` + 'é' }],
    ['{"a": "b\'c"}', { a: "b'c" }],
  ] as const)
    assert.deepEqual(readQueryText(text), { ok: true, value }, text);
  for (const text of ["{'a': b}", "{'a': 1", '', "{'a': True and False}", "{'a': '\n'}"])
    assert.equal(readQueryText(text).ok, false, text);
});
