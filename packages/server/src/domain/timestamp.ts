/** Writes a time as text. */
export type FormatTime = (date: Date) => string;

/**
 * ISO 8601 with milliseconds and a numeric offset, in one zone: `2018-01-26T15:08:02.000-06:00` (the guide's form).
 * Throws a RangeError for a zone that nobody knows.
 */
export function createTimeFormat(timeZone: string): FormatTime {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  // Most installations run in UTC, and Intl costs some 20 times as much as toISOString.
  if (parts.resolvedOptions().timeZone === 'UTC') return formatUtc;
  return (date) => {
    const local = wallClockMs(parts, date);
    return `${new Date(local).toISOString().slice(0, -1)}${formatOffset(local - date.getTime())}`;
  };
}

function formatUtc(date: Date): string {
  return `${date.toISOString().slice(0, -1)}+00:00`;
}

/** What the clocks of the zone show, as if that were UTC. */
function wallClockMs(format: Intl.DateTimeFormat, date: Date): number {
  const fields: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(date)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, second, date.getUTCMilliseconds());
}

/** `-06:00`; `+05:30`. Offsets of less than a minute, which zones had before 1972, are cut. */
function formatOffset(offsetMs: number): string {
  const minutes = Math.trunc(Math.abs(offsetMs) / 60_000);
  const digits = (value: number) => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${digits(Math.trunc(minutes / 60))}:${digits(minutes % 60)}`;
}
