import assert from 'node:assert/strict';
import { test } from 'node:test';
import { phaseStays } from '@arras/contract';
import { ganttRows } from './gantt-bars.ts';

const at = (seconds: number) => new Date(seconds * 1_000).toISOString();

test('every try of a phase is a bar of its own, in its place of the whole time', () => {
  const history = [
    { status: 'SUBMITTING', created: at(0) },
    { status: 'STAGED', created: at(2), description: 'Attempt 1 to submit job failed' },
    { status: 'SUBMITTING', created: at(6) },
    { status: 'QUEUED', created: at(8) },
  ];
  const rows = ganttRows(phaseStays({ history, status: 'QUEUED' }), 10_000);
  const drawn = rows.map(({ phase, bars }) => [phase, ...bars.map(({ from, width }) => [from, width])]);
  assert.deepEqual(drawn, [
    ['Accept'],
    ['Inputs', [0.2, 0.4]],
    ['Submit', [0, 0.2], [0.6, 0.2]],
    ['Queue', [0.8, 0.2]],
    ['Run'],
    ['Archive'],
  ]);
  assert.equal(rows[2]?.ms, 4_000);
  assert.equal(rows[2].bars[0]?.reason, 'Attempt 1 to submit job failed');
});

test('a clock that is behind makes no bar shorter than nothing, and no history no bars', () => {
  const stays = phaseStays({ history: [{ status: 'RUNNING', created: at(9) }], status: 'RUNNING' });
  assert.deepEqual(ganttRows(stays, 5_000)[4]?.bars[0]?.width, 0);
  assert.ok(ganttRows([], 5_000).every(({ bars }) => bars.length === 0));
});
