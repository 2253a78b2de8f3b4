import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFacts, parseFtpTime, parseListTime } from './ftp-facts.ts';

test('facts are read by their names in lower case', () => {
  const facts = parseFacts(' Type=file;Size=5;Modify=20261124123000.512;UNIX.mode=0644; /a b;c=d');
  assert.deepEqual(
    [...facts],
    [
      ['type', 'file'],
      ['size', '5'],
      ['modify', '20261124123000.512'],
      ['unix.mode', '0644'],
    ],
  );
});

test('times of machines are UTC', () => {
  assert.equal(parseFtpTime('20261124123000.512').toISOString(), '2026-11-24T12:30:00.000Z');
  assert.equal(parseFtpTime('yesterday').getTime(), 0);
});

test('times for people get the year in which they lie in the past', () => {
  const now = new Date('2026-02-03T10:00:00Z');
  const read = (text: string) => parseListTime(text, now).toISOString();
  assert.equal(read('Feb 03 09:59'), '2026-02-03T09:59:00.000Z');
  assert.equal(read('Feb  3 23:00'), '2026-02-03T23:00:00.000Z');
  assert.equal(read('Nov 24 12:30'), '2025-11-24T12:30:00.000Z');
  assert.equal(read('Nov 24  2019'), '2019-11-24T00:00:00.000Z');
  assert.equal(parseListTime('11-24-26 12:30PM', now).getTime(), 0);
});
