import { JOB_STATUSES } from './events.ts';
import { FilterError, type FilterValue } from './filter-tokens.ts';
import { suggestion } from './nearest-word.ts';
import { parseMemoryGb } from './quantities.ts';
import { parseSearchDate } from './search-dates.ts';

/** Units of relative times and durations, in seconds. */
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const UNITS = 'use s m h d w';

/** `7d` `1h30m` `90x` `7` */
const AMOUNTS = /^(?:\d{1,9}[a-z]*)+$/i;
/** `01:30:00` */
const CLOCK = /^\d{1,6}:[0-5]\d:[0-5]\d$/;

/**
 * Seconds of `90m` or `1h30m`; null for a text that does not begin like one.
 *
 * @throws FilterError for a unit that is missing or unknown.
 */
function readAmounts({ text, start }: FilterValue): number | null {
  if (!AMOUNTS.test(text)) return null;
  let seconds = 0;
  for (const match of text.matchAll(/(\d+)([a-z]*)/gi)) {
    const [, count = '', unit = ''] = match;
    const position = start + match.index + count.length;
    if (unit === '') throw new FilterError(`the unit is missing (${UNITS})`, position);
    const length = Object.hasOwn(UNIT_SECONDS, unit.toLowerCase())
      ? UNIT_SECONDS[unit.toLowerCase()]
      : undefined;
    if (length === undefined) throw new FilterError(`unknown unit '${unit}' (${UNITS})`, position);
    seconds += Number(count) * length;
  }
  return seconds;
}

/**
 * A duration as the API takes it: seconds, or hh:mm:ss.
 *
 * @throws FilterError for anything else.
 */
export function compileDuration(value: FilterValue): string {
  if (CLOCK.test(value.text)) return value.text;
  const seconds = readAmounts(value);
  if (seconds !== null) return String(seconds);
  throw new FilterError(`expected a duration such as 90m or 01:30:00, got '${value.text}'`, value.start);
}

/** A time as the API takes it. */
export interface CompiledDate {
  readonly text: string;
  /** `day` for 2026-03-01 and today, `ago` for 7d, `instant` for the rest. */
  readonly kind: 'day' | 'ago' | 'instant';
}

/**
 * A time as the API takes it, in UTC and no longer relative.
 *
 * @throws FilterError for anything else than a time.
 */
export function compileDate(value: FilterValue, now: Date): CompiledDate {
  const seconds = readAmounts(value);
  if (seconds !== null) {
    const time = new Date(now.getTime() - seconds * 1_000);
    if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 1970)
      throw new FilterError('is before all jobs: use a shorter time', value.start);
    return { text: time.toISOString(), kind: 'ago' };
  }
  const span = parseSearchDate(value.text, now);
  if (span === null) {
    throw new FilterError(
      `expected a time such as 7d, 2026-03-01 or today, got '${value.text}'`,
      value.start,
    );
  }
  const isDay = span.until.getTime() - span.from.getTime() > 1_000;
  const iso = span.at.toISOString();
  return isDay ? { text: iso.slice(0, iso.indexOf('T')), kind: 'day' } : { text: iso, kind: 'instant' };
}

/** @throws FilterError for anything else than a number. */
export function compileNumber(value: FilterValue, type: 'integer' | 'number'): string {
  const form = type === 'integer' ? /^-?\d{1,15}$/ : /^-?\d{1,15}(?:\.\d{1,9})?$/;
  if (form.test(value.text)) return value.text;
  const what = type === 'integer' ? 'a whole number' : 'a number';
  throw new FilterError(`expected ${what}, got '${value.text}'`, value.start);
}

/** @throws FilterError for anything else than an amount of memory. */
export function compileMemory(value: FilterValue): string {
  if (parseMemoryGb(value.text) !== null) return value.text;
  throw new FilterError(`expected memory such as 16GB or 512MB, got '${value.text}'`, value.start);
}

/** @throws FilterError for anything else than a status. */
export function compileStatus(value: FilterValue): string {
  const status = JOB_STATUSES.find((each) => each === value.text.toUpperCase());
  if (status !== undefined) return status;
  const hint = suggestion(value.text, JOB_STATUSES);
  throw new FilterError(`unknown status '${value.text}'${hint}`, value.start);
}
