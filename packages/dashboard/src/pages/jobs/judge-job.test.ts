import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JobFacts, judgeJob, type Verdict } from './judge-job.ts';

const FACTS = {
  id: '174-24',
  name: 'RNA seq final-7',
  owner: 'ada',
  appId: 'plot-1.0',
  executionSystem: 'cluster',
  created: '2026-03-01T12:00:00.000Z',
  status: 'RUNNING',
} as unknown as JobFacts;

const CASES: readonly (readonly [conditions: Readonly<Record<string, string>>, verdict: Verdict])[] = [
  [{}, 'yes'],
  [{ 'status.in': 'QUEUED,RUNNING', 'owner.eq': 'ADA' }, 'yes'],
  [{ 'status.nin': 'QUEUED,RUNNING' }, 'no'],
  [{ 'name.like': '*seq*final*' }, 'yes'],
  [{ 'name.like': '*final*seq*' }, 'no'],
  [{ 'name.like': 'rna*-7' }, 'yes'],
  [{ 'name.like': 'rna*rna' }, 'no'],
  [{ 'name.nlike': '*draft*' }, 'yes'],
  [{ 'appId.like': 'plot*', 'executionSystem.neq': 'cluster' }, 'no'],
  [{ 'created.gt': '2026-02-28T00:00:00.000Z' }, 'yes'],
  [{ 'created.lt': '2026-02-28T00:00:00.000Z' }, 'no'],
  [{ 'created.on': '2026-03-01' }, 'maybe'],
  [{ 'runTime.gt': '60' }, 'maybe'],
  [{ 'runTime.gt': '60', 'status.eq': 'FAILED' }, 'no'],
  [{ 'name.rlike': 'rna' }, 'maybe'],
];

for (const [conditions, verdict] of CASES) {
  test(`an event is judged by ${JSON.stringify(conditions)}: ${verdict}`, () => {
    assert.equal(judgeJob(conditions, FACTS), verdict);
  });
}

test('a pattern of many stars takes no time', () => {
  const facts = { ...FACTS, name: 'a'.repeat(5_000) } as JobFacts;
  assert.equal(judgeJob({ 'name.like': `${'*a'.repeat(400)}*b` }, facts), 'no');
});
