import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilter, parseJobSearch, savedFilterNameSchema } from '@arras/contract';
import { applyChanges, findViewNameProblem, listViews, PRESET_VIEWS, readShownView } from './saved-views.ts';

test('every preset is a filter that the service understands', () => {
  for (const { filter } of PRESET_VIEWS) {
    const parsed = parseFilter(filter, { now: new Date(), username: 'ada' });
    assert.ok(parsed.ok, filter);
    assert.ok(parseJobSearch(parsed.value.query, { now: new Date() }).ok, filter);
  }
});

test('the own views come behind those of everybody, and replace one of their name', () => {
  const views = listViews([
    { name: 'failed-24h', filter: 'status:failed' },
    { name: 'rna', filter: 'name~rna' },
  ]);
  assert.deepEqual(
    views.map(({ title }) => title),
    ['Mine running', 'Waiting long', 'failed-24h', 'rna'],
  );
});

test('an address with a view shows its filter, and says when it was changed', () => {
  const views = listViews([{ name: 'rna', filter: 'name~rna' }]);
  assert.deepEqual(readShownView({ q: null, view: 'rna' }, views).filter, 'name~rna');
  const changed = readShownView({ q: 'name~rna owner:me', view: 'rna' }, views);
  assert.equal(changed.isChanged, true);
  assert.equal(changed.view?.name, 'rna');
  assert.equal(readShownView({ q: 'name~rna ', view: 'rna' }, views).isChanged, false);
});

test('an address with a view that is not known keeps its filter and names the view', () => {
  const shown = readShownView({ q: 'x', view: 'gone' }, PRESET_VIEWS);
  assert.deepEqual([shown.filter, shown.view, shown.unknown], ['x', null, 'gone']);
});

test('a name is refused here exactly when the service would refuse it', () => {
  for (const name of ['', 'a b', '.', '..', 'ok', 'Ok_1.2-x', 'ü', 'x'.repeat(65), 'x'.repeat(64)])
    assert.equal(findViewNameProblem(name) === null, savedFilterNameSchema.safeParse(name).success, name);
});

test('what was saved or deleted here counts before the service is asked again', () => {
  const saved = [
    { name: 'b', filter: 'old' },
    { name: 'c', filter: 'x' },
  ];
  const changed = new Map([
    ['b', 'new'],
    ['c', null],
    ['a', 'first'],
  ]);
  assert.deepEqual(applyChanges(saved, changed), [
    { name: 'a', filter: 'first' },
    { name: 'b', filter: 'new' },
  ]);
});
