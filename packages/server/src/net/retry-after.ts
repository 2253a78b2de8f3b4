/** `Wed, 21 Oct 2026 07:28:00 GMT`, and the two older forms that begin with the name of a day (RFC 9110 5.6.7). */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/** The longest wait that is believed: a day (P18). */
const MAX_MS = 86_400_000;

/**
 * The wait a `Retry-After` asks for in milliseconds, at most a day: `120` seconds, or until a date. Null when it is
 * missing, cannot be understood, or lies in the past.
 */
export function parseRetryAfter(value: string | null, now: Date): number | null {
  const text = value?.trim() ?? '';
  if (/^[0-9]+$/.test(text)) return Math.min(Number(text) * 1_000, MAX_MS);
  if (!HTTP_DATE.test(text)) return null;
  const waitMs = Date.parse(text) - now.getTime();
  return waitMs > 0 ? Math.min(waitMs, MAX_MS) : null;
}
