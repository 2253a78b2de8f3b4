import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyOverrides } from './overrides.ts';

test('values replace those of the document, at any depth, and leave it as it was', () => {
  const document = { name: 'a', parameters: { count: 1, other: 2 } };
  const changed = applyOverrides(document, ['name=b', 'parameters.count=5', 'inputs.text=agave://s/a=b.txt']);
  assert.deepEqual(changed, {
    name: 'b',
    parameters: { count: 5, other: 2 },
    inputs: { text: 'agave://s/a=b.txt' },
  });
  assert.deepEqual(document, { name: 'a', parameters: { count: 1, other: 2 } });
});

test('a value that is JSON counts as such, any other is text', () => {
  const changed = applyOverrides({}, ['a=false', 'b=["x","y"]', 'c=01:00:00', 'd=', 'e="5"']);
  assert.deepEqual(changed, { a: false, b: ['x', 'y'], c: '01:00:00', d: '', e: '5' });
});

test('an argument that is not key=value is refused with an example', () => {
  for (const text of ['job.json', '=x', 'a..b=1', '__proto__.x=1']) {
    assert.throws(() => applyOverrides({}, [text]), { name: 'Refusal' }, text);
  }
});
