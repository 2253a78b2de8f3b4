import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continueVisit, markSeen, newsSince, readVisit } from './last-visit.ts';

const NOW_MS = Date.parse('2026-03-10T12:00:00Z');
const HOUR_MS = 3_600_000;

test('the first visit is told of the last day', () => {
  const visit = continueVisit(null, NOW_MS);
  assert.equal(newsSince(visit, NOW_MS), NOW_MS - 24 * HOUR_MS);
});

test('a visit goes on over reloads and short absences, and keeps its news', () => {
  const visit = { sinceMs: NOW_MS - 5 * HOUR_MS, seenMs: NOW_MS - 60_000 };
  assert.deepEqual(continueVisit(visit, NOW_MS), { sinceMs: NOW_MS - 5 * HOUR_MS, seenMs: NOW_MS });
});

test('a later visit is told of what came since the one before ended', () => {
  const visit = continueVisit({ sinceMs: null, seenMs: NOW_MS - 3 * HOUR_MS }, NOW_MS);
  assert.equal(newsSince(visit, NOW_MS), NOW_MS - 3 * HOUR_MS);
});

test('nobody is told of more than two weeks', () => {
  const visit = continueVisit({ sinceMs: null, seenMs: NOW_MS - 9_000 * HOUR_MS }, NOW_MS);
  assert.equal(newsSince(visit, NOW_MS), NOW_MS - 14 * 24 * HOUR_MS);
});

test('news that were seen are news no more', () => {
  assert.equal(newsSince(markSeen(NOW_MS), NOW_MS), NOW_MS);
});

test('what was kept comes back, and what makes no sense does not', () => {
  const visit = { sinceMs: null, seenMs: NOW_MS - 1 };
  assert.deepEqual(readVisit(JSON.stringify(visit), NOW_MS), visit);
  for (const broken of [null, '', '[]', 'null', '{"seenMs":"x"}', `{"seenMs":${NOW_MS + 5}}`])
    assert.equal(readVisit(broken, NOW_MS), null, String(broken));
  const future = { sinceMs: NOW_MS + 1, seenMs: NOW_MS };
  assert.deepEqual(readVisit(JSON.stringify(future), NOW_MS), { sinceMs: null, seenMs: NOW_MS });
});
