import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFilter, parseJobSearch } from '@arras/contract';
import { homeSections } from './home-sections.ts';

test('every part of Home is a filter that the service understands', () => {
  const about = { now: new Date(), username: 'ada' };
  for (const { id, filter } of homeSections(Date.parse('2026-03-10T12:00:00Z'))) {
    const parsed = parseFilter(filter, about);
    assert.ok(parsed.ok, `${id}: ${JSON.stringify(parsed)}`);
    assert.ok(parseJobSearch(parsed.value.query, about).ok, id);
    assert.equal(parsed.value.query['owner.eq'], 'ada');
  }
});

test('what changed is counted from the visit before', () => {
  const [failed] = homeSections(Date.parse('2026-03-10T12:00:00Z'));
  const parsed = parseFilter(failed?.filter ?? '', { now: new Date() });
  assert.ok(parsed.ok);
  assert.equal(parsed.value.query['endTime.gt'], '2026-03-10T12:00:00.000Z');
});
