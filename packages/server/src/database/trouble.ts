import { hasCode } from './system-error.ts';

/**
 * What keeps a query from succeeding although nothing is wrong with it: `unavailable` covers a database that is away,
 * starting, stopping, out of connections or too slow; `contended` a conflict with other transactions that trying again
 * solves; `full` a disk without space; `taken` a row that another transaction wrote first.
 */
export type DatabaseTrouble = 'unavailable' | 'contended' | 'full' | 'taken';

// https://www.postgresql.org/docs/18/errcodes-appendix.html
const TROUBLE_OF: Readonly<Record<string, DatabaseTrouble>> = {
  '53100': 'full',
  '53200': 'unavailable',
  '53300': 'unavailable',
  '25006': 'unavailable',
  '25P03': 'unavailable',
  '25P04': 'unavailable',
  '57014': 'unavailable',
  '55P03': 'contended',
  '40001': 'contended',
  '40P01': 'contended',
  '23503': 'taken',
  '23505': 'taken',
};

/** What pg says without a code when a connection ends or does not come about. */
const LOST_CONNECTION =
  /^(Connection terminated|Query read timeout|timeout (exceeded|expired)|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end)/;

/** Classifies an error of a query; null when it is none of these. */
export function findDatabaseTrouble(error: unknown): DatabaseTrouble | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? String(error.code) : '';
  const known = TROUBLE_OF[code];
  if (known !== undefined) return known;
  if (/^(08|57P)/.test(code) || LOST_CONNECTION.test(error.message)) return 'unavailable';
  if (hasCode(error, 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH'))
    return 'unavailable';
  return isFailedConnect(error) ? 'unavailable' : null;
}

/** A Unix socket that is not there: the server is not running. */
function isFailedConnect(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}

/** True for a regular expression that PostgreSQL cannot read or run. */
export function isBadPattern(error: unknown): boolean {
  return hasCode(error, '2201B');
}
