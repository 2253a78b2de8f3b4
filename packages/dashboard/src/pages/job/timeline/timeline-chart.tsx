import { navigate } from '../../../routing/place.ts';
import { formatClock, formatMoment } from '../../../ui/format-moment.ts';
import { formatDuration } from '../../../ui/quantities.ts';
import { useNarrow } from '../../../ui/use-narrow.ts';
import { type AxisPiece, axisPieces, axisTicks, placeOnAxis } from './time-axis.ts';
import { type ItemKind, KIND_NAMES, type TimelineItem } from './timeline-item.ts';

/** What {@link TimelineChart} draws. */
export interface TimelineChartProps {
  /** Oldest first; only those that are shown. */
  readonly items: readonly TimelineItem[];
  /** The rows, top down. */
  readonly kinds: readonly ItemKind[];
  /** The end of what goes on; null when the job has ended. */
  readonly nowMs: number | null;
  readonly selected: string | null;
}

const LANE = 28;
const AXIS = 22;
const TICKS = { wide: 6, narrow: 3 } as const;
/** Below this seconds are too coarse for the marks of the axis, in milliseconds. */
const SHORT_MS = 5_000;

/** All events on one axis of time, a row for each kind. The table below it says the same in words. */
export function TimelineChart({ items, kinds, nowMs, selected }: TimelineChartProps) {
  const isNarrow = useNarrow();
  const endOf = (item: TimelineItem) => item.untilMs ?? Math.max(item.atMs, nowMs ?? 0);
  const spans = items.map((item) => ({ fromMs: item.atMs, toMs: endOf(item) }));
  if (nowMs !== null && nowMs > (items.at(-1)?.atMs ?? nowMs)) spans.push({ fromMs: nowMs, toMs: nowMs });
  const pieces = axisPieces(spans);
  const height = kinds.length * LANE;
  const isShort = pieces.length === 1 && pieces.every(({ fromMs, toMs }) => toMs - fromMs < SHORT_MS);
  return (
    <div class="timeline-chart">
      <div class="timeline-lanes" aria-hidden="true">
        {kinds.map((kind) => (
          <span key={kind}>{KIND_NAMES[kind]}</span>
        ))}
      </div>
      <svg
        class="timeline-svg"
        width="100%"
        height={height + AXIS}
        role="img"
        aria-label={`${items.length} events on one axis of time; the table below lists them`}
      >
        {pieces
          .filter(({ isGap }) => isGap)
          .map((gap) => (
            <Gap key={gap.fromMs} gap={gap} height={height} />
          ))}
        {axisTicks(pieces, isNarrow ? TICKS.narrow : TICKS.wide).map(({ atMs, place }) => (
          <g key={atMs} class="timeline-tick">
            <line x1={percent(place)} x2={percent(place)} y1={0} y2={height} />
            <text x={percent(place)} y={height + 15} text-anchor={anchorOf(place)}>
              {isShort ? formatMoment(atMs).slice(14, 23) : formatClock(atMs)}
            </text>
          </g>
        ))}
        {items.map((item) => (
          <Mark
            key={item.id}
            item={item}
            from={placeOnAxis(pieces, item.atMs)}
            to={placeOnAxis(pieces, endOf(item))}
            y={kinds.indexOf(item.kind) * LANE + LANE / 2}
            isSelected={item.id === selected}
          />
        ))}
      </svg>
    </div>
  );
}

function Gap({ gap, height }: { readonly gap: AxisPiece; readonly height: number }) {
  const text = `nothing for ${formatDuration((gap.toMs - gap.fromMs) / 1_000)}`;
  return (
    <g class="timeline-gap">
      <title>{text}</title>
      <rect x={percent(gap.from)} width={percent(gap.to - gap.from)} y={0} height={height} />
      <text x={percent((gap.from + gap.to) / 2)} y={height + 15} text-anchor="middle">
        ⋯
      </text>
    </g>
  );
}

interface MarkProps {
  readonly item: TimelineItem;
  readonly from: number;
  readonly to: number;
  readonly y: number;
  readonly isSelected: boolean;
}

/** A bar for what took time, a dot for a moment. The pointer may choose it here; the keyboard has the table. */
function Mark({ item, from, to, y, isSelected }: MarkProps) {
  const title = `${formatMoment(item.atMs)} ${item.name}${item.count > 1 ? ` ×${item.count}` : ''} ${item.text}`;
  const isLong = to - from > 0.004;
  return (
    <g
      class={`timeline-mark timeline-mark-${item.class}${isSelected ? ' timeline-mark-selected' : ''}`}
      onClick={() => navigate(`#${item.id}`)}
    >
      <title>{title}</title>
      {isLong ? (
        <rect x={percent(from)} width={percent(to - from)} y={y - 5} height={10} rx={3} />
      ) : item.class === 'fail' ? (
        <rect class="timeline-mark-square" x={percent(from)} y={y - 6} width={12} height={12} />
      ) : (
        <circle cx={percent(from)} cy={y} r={5} />
      )}
    </g>
  );
}

/** Marks at the ends stay inside. */
function percent(place: number): string {
  return `${(1 + place * 98).toFixed(3)}%`;
}

function anchorOf(place: number): 'start' | 'middle' | 'end' {
  if (place < 0.08) return 'start';
  return place > 0.92 ? 'end' : 'middle';
}
