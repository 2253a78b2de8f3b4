/** Reads ` type=file;size=5;modify=20261124123000; name` (RFC 3659 section 7.2): names in lower case and their values. */
export function parseFacts(line: string): ReadonlyMap<string, string> {
  const packed = line.trimStart().split(' ')[0] ?? '';
  return new Map(
    packed.split(';').flatMap((fact) => {
      const equals = fact.indexOf('=');
      return equals < 1 ? [] : [[fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1)] as const];
    }),
  );
}

/** Reads `20261124123000`, which is UTC (RFC 3659 section 2.3); the time 0 for anything else. */
export function parseFtpTime(text: string): Date {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(text);
  const [, year = '', month, day, hour, minute, second] = match ?? [];
  return match === null ? new Date(0) : new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Reads the times of listings that are made for people, `Nov 24 12:30` of the last year and `Nov 24 2025` before, taken
 * for UTC as servers mostly mean them; the time 0 for anything else. Good for looking at, not for comparing.
 */
export function parseListTime(text: string, now: Date): Date {
  const match = /^([a-z]{3}) +(\d{1,2}) +(?:(\d{4})|(\d{1,2}):(\d\d))$/i.exec(text.trim());
  const month = MONTHS.indexOf((match?.[1] ?? '').toLowerCase());
  if (match === null || month === -1) return new Date(0);
  const [, , day, year, hour, minute] = match;
  if (year !== undefined) return new Date(Date.UTC(Number(year), month, Number(day)));
  const at = (inYear: number) => new Date(Date.UTC(inYear, month, Number(day), Number(hour), Number(minute)));
  const thisYear = at(now.getUTCFullYear());
  // A day ahead may be today in the server's time zone; what is later was last year.
  return thisYear.getTime() - now.getTime() > 86_400_000 ? at(now.getUTCFullYear() - 1) : thisYear;
}
