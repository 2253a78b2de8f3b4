import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf, parseSearchDate } from './search-dates.ts';

const now = new Date('2026-03-31T12:34:56.789Z');

const INSTANTS: Readonly<Record<string, string>> = {
  '2026-03-01T12:00:00Z': '2026-03-01T12:00:00.000Z',
  '2026-03-01t12:00:00.1234567z': '2026-03-01T12:00:00.123Z',
  '2026-03-01 12:00': '2026-03-01T12:00:00.000Z',
  '2026-03-01T12:00:00.000-06:00': '2026-03-01T18:00:00.000Z',
  '2026-03-01T00:30:00+0100': '2026-02-28T23:30:00.000Z',
  '2026-03-01T12:00:00 00:00': '2026-03-01T12:00:00.000Z',
  '1772366400000': '2026-03-01T12:00:00.000Z',
  now: '2026-03-31T12:34:56.789Z',
  '3 days ago': '2026-03-28T12:34:56.789Z',
  'a  Week AGO': '2026-03-24T12:34:56.789Z',
  'an hour ago': '2026-03-31T11:34:56.789Z',
  '90 minutes ago': '2026-03-31T11:04:56.789Z',
  'in 2 hours': '2026-03-31T14:34:56.789Z',
  'last week': '2026-03-24T12:34:56.789Z',
  'next day': '2026-04-01T12:34:56.789Z',
  'last month': '2026-02-28T12:34:56.789Z',
  '2 years ago': '2024-03-31T12:34:56.789Z',
};

for (const [text, expected] of Object.entries(INSTANTS)) {
  test(`${text} is ${expected}, and spans its second`, () => {
    const span = parseSearchDate(text, now);
    assert.equal(span?.at.toISOString(), expected);
    assert.equal(span?.from.toISOString(), expected.replace(/\.\d+/, '.000'));
    assert.equal(Number(span?.until) - Number(span?.from), 1_000);
  });
}

test('days span 24 hours in UTC', () => {
  for (const [text, day] of [
    ['2024-02-29', '2024-02-29'],
    ['today', '2026-03-31'],
    ['yesterday', '2026-03-30'],
    ['Tomorrow', '2026-04-01'],
  ] as const) {
    const span = parseSearchDate(text, now);
    assert.equal(span?.at.toISOString(), `${day}T00:00:00.000Z`);
    assert.equal(Number(span?.until) - Number(span?.from), 86_400_000);
  }
  const span = parseSearchDate('now', now);
  assert.equal(span && dayOf(span).until.toISOString(), '2026-04-01T00:00:00.000Z');
});

test('what is no time is none', () => {
  for (const text of [
    '',
    'soon',
    '2026-02-29',
    '2026-13-01',
    '2026-3-1',
    '2026-03-01T25:00:00Z',
    '2026-03-01T12:00:00+99:00',
    '3 fortnights ago',
    '999999999 years ago',
    '9999999999999999',
    'in 999999999 months',
    '-5 days ago',
  ])
    assert.equal(parseSearchDate(text, now), null, text);
});

test('every time that is written as ISO 8601 is read back to the millisecond', () => {
  const dates = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-30'), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => assert.deepEqual(parseSearchDate(date.toISOString(), now)?.at, date)),
  );
});
