/** A time that a text names: `at` exactly, and the stretch around it, of which `until` is no longer part. */
export interface DateSpan {
  readonly at: Date;
  readonly from: Date;
  readonly until: Date;
}

/** What can be given as a time, for messages. */
export const DATE_FORMS =
  'a time such as 2026-03-01, 2026-03-01T12:00:00Z, milliseconds since 1970, today, or "3 days ago"';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

/** The years 1 to 9999: what has four digits everywhere. */
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.UTC(9999, 11, 31);

/** Lengths of the units that have one; months and years are counted on the calendar. */
const UNIT_MS = {
  second: SECOND_MS,
  minute: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
  week: 7 * DAY_MS,
} as const;

/** Words for whole days, as distances from today. */
const DAY_WORDS: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

/** `2026-03-01` */
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/**
 * `2026-03-01T12:00:00.000-06:00`, `2026-03-01 12:00`, `…+0000`. Without a zone it is UTC. A `+` that was not
 * percent-encoded arrives as a blank.
 */
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:(Z)|([+ -])(\d{2}):?(\d{2}))?$/i;

/** `3 days ago`, `an hour ago` */
const AGO = /^(\d{1,9}|an?) +(second|minute|hour|day|week|month|year)s? +ago$/;
/** `in 2 hours` */
const AHEAD = /^in +(\d{1,9}|an?) +(second|minute|hour|day|week|month|year)s?$/;
/** `last week`: a week before now */
const NEIGHBOUR = /^(last|next) +(second|minute|hour|day|week|month|year)$/;

/**
 * Reads a time (spec: conventions 6). A day spans its 24 hours in UTC and is its beginning exactly, anything else spans
 * the second that it falls into. Null for a text of another form.
 */
export function parseSearchDate(text: string, now: Date): DateSpan | null {
  const words = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const day = parseDay(words, now);
  if (day !== null) return inRange(day) ? spanAt(day, day, DAY_MS) : null;
  const instant = parseInstant(words) ?? parseRelative(words, now);
  if (instant === null || !inRange(instant)) return null;
  return spanAt(instant, Math.floor(instant / SECOND_MS) * SECOND_MS, SECOND_MS);
}

function spanAt(at: number, from: number, lengthMs: number): DateSpan {
  return { at: new Date(at), from: new Date(from), until: new Date(from + lengthMs) };
}

function inRange(ms: number): boolean {
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** Midnight in UTC of the day that is meant. */
function parseDay(words: string, now: Date): number | null {
  const distance = Object.hasOwn(DAY_WORDS, words) ? DAY_WORDS[words] : undefined;
  if (distance !== undefined) return startOfDay(now) + distance * DAY_MS;
  return DAY.test(words) ? parseIsoDay(words) : null;
}

function startOfDay(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS) * DAY_MS;
}

/** The whole day in UTC that a time falls into. */
export function dayOf({ at }: DateSpan): DateSpan {
  const day = startOfDay(at);
  return spanAt(day, day, DAY_MS);
}

function parseIsoDay(text: string): number | null {
  const [, year, month, day] = DAY.exec(text) ?? [];
  const ms = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(ms)) return null;
  // 31 February becomes a day of March.
  const date = new Date(ms);
  const same =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() + 1 === Number(month) &&
    date.getUTCDate() === Number(day);
  return same ? ms : null;
}

function parseInstant(words: string): number | null {
  if (/^\d{1,16}$/.test(words)) return Number(words);
  const match = INSTANT.exec(words);
  if (match === null) return null;
  const [, day = '', hour, minute, second = '0', fraction = '', , sign, zoneHour = '0', zoneMinute = '0'] =
    match;
  const start = parseIsoDay(day);
  if (start === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  if (Number(zoneHour) > 15 || Number(zoneMinute) > 59) return null;
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * SECOND_MS;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * UNIT_MS.minute * (sign === '-' ? -1 : 1);
  return start + clock + ms - zone;
}

function parseRelative(words: string, now: Date): number | null {
  if (words === 'now') return now.getTime();
  const ago = AGO.exec(words);
  if (ago !== null) return move(now, -countOf(ago[1]), ago[2]);
  const ahead = AHEAD.exec(words);
  if (ahead !== null) return move(now, countOf(ahead[1]), ahead[2]);
  const neighbour = NEIGHBOUR.exec(words);
  return neighbour === null ? null : move(now, neighbour[1] === 'last' ? -1 : 1, neighbour[2]);
}

function countOf(word = ''): number {
  return word.startsWith('a') ? 1 : Number(word);
}

function move(now: Date, count: number, unit = ''): number | null {
  if (unit === 'month' || unit === 'year') return moveMonths(now, unit === 'year' ? count * 12 : count);
  return now.getTime() + count * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** A month before 31 March is the last day of February. */
function moveMonths(now: Date, months: number): number | null {
  const moved = new Date(now);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  if (Number.isNaN(moved.getTime())) return null;
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(now.getUTCDate(), lastDay));
  return moved.getTime();
}
