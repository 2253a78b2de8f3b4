import { describeValue } from '@arras/contract';
import { checkOf, type Keyword } from './keyword.ts';

/**
 * Formats that are checked; all others are remarks to the reader, as the drafts since 2019 have it. Each is matched from its
 * beginning with parts of bounded length: no text makes them slow.
 */
const FORMATS: Readonly<Record<string, RegExp>> = {
  // 2026-03-01T09:30:00.5+01:00
  'date-time':
    /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/,
  // 2026-03-01
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  // ada@example.org
  email: /^[^\s@]{1,64}@[^\s@]{1,255}$/,
  // 192.0.2.1
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  // 123e4567-e89b-12d3-a456-426614174000
  uuid: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
};

/** Keywords that judge texts. Characters are counted as people count them, not as JavaScript does. */
export const TEXT_KEYWORDS = {
  minLength: {
    shape: 'count',
    check: checkOf('string', (least: number, value: string) => {
      const length = lengthOf(value);
      return length >= least ? null : `expected at least ${least} characters, got ${length}`;
    }),
  },
  maxLength: {
    shape: 'count',
    check: checkOf('string', (most: number, value: string) => {
      const length = lengthOf(value);
      return length <= most ? null : `expected at most ${most} characters, got ${length}`;
    }),
  },
  pattern: {
    shape: 'pattern',
    check: checkOf('string', (pattern: string, value: string, { judge }) =>
      judge.matches(pattern, value)
        ? null
        : `expected a text that matches ${pattern}, got ${describeValue(value)}`,
    ),
  },
  format: {
    shape: 'text',
    check: checkOf('string', (format: string, value: string) => {
      const form = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
      return form === undefined || form.test(value)
        ? null
        : `expected a ${format}, got ${describeValue(value)}`;
    }),
  },
} as const satisfies Record<string, Keyword>;

function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
