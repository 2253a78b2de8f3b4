import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupRows, parseGrouping } from './grouping.ts';

type Row = Parameters<typeof groupRows>[0][number];

function row(id: string, status: string, executionSystem: string): Row {
  return { id, status, executionSystem, appId: 'plot-1.0' } as unknown as Row;
}

const ROWS = [row('1', 'FINISHED', 'b'), row('2', 'RUNNING', 'a'), row('3', 'FINISHED', 'a')];

function text(lines: ReturnType<typeof groupRows>): string {
  return lines.map((line) => (line.kind === 'group' ? `${line.key}(${line.count})` : line.id)).join(' ');
}

test('groups by status begin with what goes on, and rows keep their order', () => {
  assert.equal(text(groupRows(ROWS, 'status')), 'RUNNING(1) 2 FINISHED(2) 1 3');
});

test('groups by system are in the order of their names', () => {
  assert.equal(text(groupRows(ROWS, 'system')), 'a(2) 2 3 b(1) 1');
  assert.equal(text(groupRows(ROWS, 'app')), 'plot-1.0(3) 1 2 3');
});

test('a closed group shows its heading with its number', () => {
  assert.equal(text(groupRows(ROWS, 'system', new Set(['a']))), 'a(2) b(1) 1');
});

test('an address that names no grouping means none', () => {
  assert.equal(parseGrouping('toString'), 'none');
  assert.equal(parseGrouping(null), 'none');
  assert.equal(parseGrouping('app'), 'app');
});
