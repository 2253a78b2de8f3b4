/** Nothing for longer than this is drawn as a gap, in milliseconds: hours of waiting must not press the rest together. */
export const GAP_MS = 10 * 60_000;

/** What a gap takes of the axis, and all gaps together at most. */
const GAP_SHARE = 0.05;
const GAPS_SHARE = 0.4;

/** A piece of an axis: time that is drawn to scale, or a gap. */
export interface AxisPiece {
  readonly fromMs: number;
  readonly toMs: number;
  /** Where it is drawn: 0 is the left end, 1 the right one. */
  readonly from: number;
  readonly to: number;
  readonly isGap: boolean;
}

/** A time during which something happened; a moment has both ends alike. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The pieces of an axis on which all spans have a place, left to right; none without spans. */
export function axisPieces(spans: readonly Span[]): readonly AxisPiece[] {
  const busy = joinSpans(spans);
  const gaps = busy.length - 1;
  const gapShare = gaps <= 0 ? 0 : Math.min(GAP_SHARE, GAPS_SHARE / gaps);
  const busyMs = busy.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const room = 1 - gaps * gapShare;
  const pieces: AxisPiece[] = [];
  let from = 0;
  for (const [index, span] of busy.entries()) {
    const before = busy[index - 1];
    if (before !== undefined) {
      pieces.push({ fromMs: before.toMs, toMs: span.fromMs, from, to: from + gapShare, isGap: true });
      from += gapShare;
    }
    // Moments alone have no length: they share the room evenly.
    const share = busyMs === 0 ? room / busy.length : (room * (span.toMs - span.fromMs)) / busyMs;
    pieces.push({ ...span, from, to: from + share, isGap: false });
    from += share;
  }
  return pieces;
}

/** The spans, joined where less than a gap is between them. */
function joinSpans(spans: readonly Span[]): readonly Span[] {
  const joined: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of spans.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = joined.at(-1);
    if (last !== undefined && fromMs - last.toMs <= GAP_MS) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ fromMs, toMs: Math.max(fromMs, toMs) });
  }
  return joined;
}

/** Where a moment is drawn, 0 to 1. */
export function placeOnAxis(pieces: readonly AxisPiece[], ms: number): number {
  const piece = pieces.find(({ toMs }) => ms <= toMs) ?? pieces.at(-1);
  if (piece === undefined) return 0;
  const length = piece.toMs - piece.fromMs;
  const part = length === 0 ? 0.5 : Math.min(1, Math.max(0, (ms - piece.fromMs) / length));
  return piece.from + part * (piece.to - piece.from);
}

/** Least distance of two marks, as a share of that of marks that are spread evenly. */
const NEAREST = 0.6;

/** A mark of the axis. */
export interface Tick {
  readonly atMs: number;
  readonly place: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Distances that people read without thinking. */
const STEPS = [
  ...[0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 168].map((n) => n * HOUR),
];

/** About `most` marks at round times, never in a gap, and none so near to the one before that their texts would meet. */
export function axisTicks(pieces: readonly AxisPiece[], most: number): readonly Tick[] {
  const ticks = pieces.flatMap((piece) => ticksOf(piece, most));
  const shown: Tick[] = [];
  for (const tick of ticks) if (tick.place - (shown.at(-1)?.place ?? -1) >= NEAREST / most) shown.push(tick);
  return shown;
}

function ticksOf(piece: AxisPiece, most: number): readonly Tick[] {
  const { fromMs, toMs, from, to, isGap } = piece;
  if (isGap) return [];
  const wanted = Math.max(1, Math.floor(most * (to - from)));
  const step = STEPS.find((each) => each * wanted >= toMs - fromMs) ?? STEPS.at(-1) ?? HOUR;
  const first = Math.ceil(fromMs / step) * step;
  const count = Math.min(wanted + 1, Math.floor((toMs - first) / step) + 1);
  const ticks = Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step);
  return ticks.map((atMs) => ({ atMs, place: placeOnAxis([piece], atMs) }));
}
