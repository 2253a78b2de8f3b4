/** Answers say the time in whole seconds: a smaller difference is none. Milliseconds. */
const PRECISION_MS = 2_000;

/**
 * How far the service's clock is ahead of ours, in milliseconds, from the `Date` of an answer that was asked for at
 * `sentMs` and came at `receivedMs`; 0 for less than can be told, null for a date that is none.
 */
export function readClockOffset(
  date: string | null,
  { sentMs, receivedMs }: { readonly sentMs: number; readonly receivedMs: number },
): number | null {
  const serverMs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(serverMs)) return null;
  // The second that is written has on average half passed.
  const offsetMs = serverMs + 500 - (sentMs + receivedMs) / 2;
  return Math.abs(offsetMs) < PRECISION_MS ? 0 : Math.round(offsetMs);
}
