import { preferences } from '../preferences/preferences.ts';

/** The exact time: ISO 8601 in UTC, or the reader's own zone, as the preferences say. */
export function formatMoment(at: string | number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return preferences.value.timeZone === 'utc' ? date.toISOString() : localIso(date);
}

/** `14:02:11`, in the zone of the preferences. */
export function formatClock(at: string | number): string {
  return formatMoment(at).slice(11, 19);
}

/** `2026-11-24T17:02:11.000+01:00`: exact, sortable, and the reader's own time. */
function localIso(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const shifted = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const pair = (number: number) => String(Math.trunc(Math.abs(number))).padStart(2, '0');
  return `${shifted}${minutes < 0 ? '-' : '+'}${pair(minutes / 60)}:${pair(minutes % 60)}`;
}
