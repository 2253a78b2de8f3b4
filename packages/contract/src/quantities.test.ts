import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMemoryGb, formatRunTime, parseMemoryGb, parseRunTime } from './quantities.ts';

test('memory is read in GB from numbers and from texts with and without a unit', () => {
  const samples = {
    '1GB': 1,
    '1': 1,
    '1.5': 1.5,
    '64 gb': 64,
    '512MB': 0.5,
    '2T': 2048,
    '1PB': 1_048_576,
    ' 3G ': 3,
  };
  for (const [text, gb] of Object.entries(samples)) assert.equal(parseMemoryGb(text), gb, text);
  assert.equal(parseMemoryGb(1.5), 1.5);
});

test('what is no amount of memory above 0 is refused', () => {
  for (const value of [
    '',
    '0',
    '0GB',
    '-1',
    '-1GB',
    'GB',
    '1 2',
    '1GBs',
    '5B',
    '1e3',
    'NaN',
    '0x10',
    '1,5',
    '١',
  ]) {
    assert.equal(parseMemoryGb(value), null, value);
  }
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(parseMemoryGb(value), null);
});

test('memory survives being formatted and read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (mb) => {
      assert.equal(parseMemoryGb(formatMemoryGb(mb / 1024)), mb / 1024);
    }),
  );
});

test('run times are read in one to four digits of hours', () => {
  const samples = {
    '01:00:00': 3600,
    '0:05:00': 300,
    '24:00:00': 86_400,
    '999:59:59': 3_599_999,
    '9999:59:59': 35_999_999,
  };
  for (const [text, seconds] of Object.entries(samples)) assert.equal(parseRunTime(text), seconds, text);
});

test('other forms of a run time are refused', () => {
  for (const text of [
    '',
    '1',
    '1:00',
    '01:60:00',
    '01:00:60',
    '00001:00:00',
    '-1:00:00',
    '01:00:00.5',
    '1h',
  ]) {
    assert.equal(parseRunTime(text), null, text);
  }
});

test('run times survive being formatted and read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 35_999_999 }), (seconds) => {
      assert.equal(parseRunTime(formatRunTime(seconds)), seconds);
    }),
  );
  assert.equal(formatRunTime(300), '00:05:00');
});
