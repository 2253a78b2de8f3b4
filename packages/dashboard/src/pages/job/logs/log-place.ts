/** The two streams of a program. */
export type LogKind = 'out' | 'err';

/** A place in a log: a line counted from 1, or the position of a byte, for which nothing has to be counted. */
export interface LogPoint {
  readonly by: 'line' | 'byte';
  readonly at: number;
}

/** One line of a log or several, as the fragment of an address names them. */
export interface LogPlace {
  /** null: of the only stream that is shown. */
  readonly kind: LogKind | null;
  readonly from: LogPoint;
  /** The same as `from` for one line. */
  readonly to: LogPoint;
}

/** `#L120`, `#L120-L140`, `#B1048576`, `#err:L3`. */
const FRAGMENT = /^#(?:(out|err):)?([LB])([0-9]{1,15})(?:-([LB])([0-9]{1,15}))?$/;

/** Reads a fragment; null when it names no place of a log. */
export function parseLogPlace(fragment: string): LogPlace | null {
  const match = FRAGMENT.exec(fragment);
  if (match === null) return null;
  const [, kind, by = 'L', at = '1', toBy, toAt] = match;
  const from = pointOf(by, at);
  const to = toBy === undefined || toAt === undefined ? from : pointOf(toBy, toAt);
  const isReversed = from.by === to.by && to.at < from.at;
  return {
    kind: kind === 'out' || kind === 'err' ? kind : null,
    from: isReversed ? to : from,
    to: isReversed ? from : to,
  };
}

function pointOf(by: string, at: string): LogPoint {
  return by === 'L' ? { by: 'line', at: Math.max(1, Number(at)) } : { by: 'byte', at: Number(at) };
}

/** The fragment of a place. */
export function renderLogPlace({ kind, from, to }: LogPlace): string {
  const isOne = from.by === to.by && from.at === to.at;
  return `#${kind === null ? '' : `${kind}:`}${renderPoint(from)}${isOne ? '' : `-${renderPoint(to)}`}`;
}

function renderPoint({ by, at }: LogPoint): string {
  return `${by === 'line' ? 'L' : 'B'}${at}`;
}
