import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { LogLine } from './log-line.ts';
import { type LogKind, renderLogPlace } from './log-place.ts';
import { LogRow } from './log-row.tsx';
import type { LogSearch } from './log-search.ts';
import type { Goal, LogView } from './log-view.ts';
import { RowHeights } from './row-heights.ts';
import { pointOf } from './show-place.ts';

/** Of a row that is not wrapped, in pixels; the style sheet says the same. */
const ROW_HEIGHT = 20;
/** Of one character, about: what is wrapped is measured once it is drawn. */
const CHARACTER_WIDTH = 7.8;
/** Rows beyond the edges that are drawn too, so that scrolling shows no gaps. */
const BEYOND = 12;
/** Pixels before an edge of the window at which more is loaded. */
const NEAR = 1_500;

/** What {@link LogRows} shows. */
export interface LogRowsProps {
  readonly view: LogView;
  readonly search: LogSearch;
  /** Of the region, for screen readers. */
  readonly label: string;
  /** In the links of lines, where several logs are shown. */
  readonly kind: LogKind | null;
  readonly isWrapped: boolean;
  readonly onChoose: (line: LogLine, isRange: boolean) => void;
  readonly onShowWhole: (line: LogLine) => void;
}

/** The lines of a window, of which only those in sight are drawn. */
export function LogRows({ view, search, label, kind, isWrapped, onChoose, onShowWhole }: LogRowsProps) {
  const scrolling = useScrolling(view, isWrapped);
  const { box, heights, first, last } = scrolling;
  const matcher = search.matcher.value;
  const chosen = view.chosen.value;
  const rows = [];
  for (let index = first; index <= last; index++) {
    const line = view.window.at(index);
    if (line === undefined) break;
    const point = pointOf(view, index);
    const { at } = point;
    rows.push(
      <LogRow
        key={line.start}
        line={line}
        label={line.isContinuation ? '⋯' : point.by === 'line' ? String(at) : '·'}
        name={point.by === 'line' ? `Line ${at}` : `Line at byte ${at}`}
        href={renderLogPlace({ kind, from: point, to: point })}
        matcher={matcher}
        isChosen={chosen !== null && chosen.from <= line.start && line.start <= chosen.to}
        isCurrent={search.current.value === line.start}
        onChoose={onChoose}
        onShowWhole={onShowWhole}
      />,
    );
  }
  return (
    <div
      class={isWrapped ? 'log-rows log-rows-wrapped' : 'log-rows'}
      ref={box}
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={scrolling.onScroll}
    >
      <div class="log-canvas" style={{ height: `${heights.total}px` }}>
        <div class="log-drawn" style={{ transform: `translateY(${heights.topOf(first)}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}

interface Sight {
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Which rows are in sight. A row that is read stays where it is while rows come and go before it; at the end the view
 * stays at the end. It leaves the end when the reader scrolls up, and is there again when he scrolls down to it.
 */
function useScrolling(view: LogView, isWrapped: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const sight = useSignal<Sight>({ top: 0, height: 600, width: 800 });
  const measured = useMeasured(isWrapped, sight.value.width);
  const anchor = useRef({ position: 0, below: 0, top: 0 });
  const reached = useRef<Goal | null>(null);
  const version = view.version.value;
  const columns = Math.max(20, Math.floor((sight.value.width - 80) / CHARACTER_WIDTH));
  const heights = useMemo(() => {
    const { window } = view;
    const heightOf = (index: number) => {
      const line = window.at(index);
      if (!isWrapped || line === undefined) return ROW_HEIGHT;
      return measured.of(line) ?? ROW_HEIGHT * Math.max(1, Math.ceil(line.text.length / columns));
    };
    return new RowHeights({ count: window.count, heightOf });
  }, [version, isWrapped, columns, measured.version]);
  const { top, height } = sight.value;
  const first = Math.max(0, heights.indexAt(top) - BEYOND);
  const last = Math.min(view.window.count - 1, heights.indexAt(top + height) + BEYOND);

  const look = () => {
    const { current } = box;
    if (current === null) return;
    const { scrollTop, clientHeight, clientWidth } = current;
    const known = sight.peek();
    if (known.top !== scrollTop || known.height !== clientHeight || known.width !== clientWidth)
      sight.value = { top: scrollTop, height: clientHeight, width: clientWidth };
    const index = heights.indexAt(scrollTop);
    const position = view.window.at(index)?.start ?? 0;
    anchor.current = { position, below: scrollTop - heights.topOf(index), top: scrollTop };
    view.seen.value = position;
    if (scrollTop < NEAR && view.window.start > 0) void view.loadBefore();
    if (scrollTop + clientHeight > heights.total - NEAR && !view.isAtEnd) void view.loadAfter();
  };

  useLayoutEffect(() => {
    if (isWrapped && box.current !== null) measured.measure(box.current);
  });

  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const goal = view.goal.value;
    const { position, below } = anchor.current;
    const topOf = (position: number) => heights.topOf(view.window.indexOf(position));
    if (goal !== null && goal !== reached.current) {
      reached.current = goal;
      current.scrollTop = topOf(goal.position) - (goal.at === 'top' ? 0 : current.clientHeight / 3);
    } else if (view.isPinned.peek()) current.scrollTop = current.scrollHeight;
    else current.scrollTop = topOf(position) + below;
    look();
  }, [version, heights, view.goal.value, view.isPinned.value]);

  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const observer = new ResizeObserver(() => (view.version.value += 1));
    observer.observe(current);
    return () => observer.disconnect();
  }, [view]);

  const onScroll = () => {
    const { current } = box;
    if (current === null) return;
    const { scrollTop, clientHeight, scrollHeight } = current;
    const before = anchor.current.top;
    const isAtBottom = scrollTop + clientHeight >= scrollHeight - 4;
    if (scrollTop < before - 1) view.isPinned.value = false;
    else if (scrollTop > before && isAtBottom && view.isAtEnd) {
      view.isPinned.value = true;
      view.newLines.value = 0;
    }
    look();
  };
  return { box, heights, first, last, onScroll };
}

/** Heights of wrapped rows, as they were drawn at this width. */
function useMeasured(isWrapped: boolean, width: number) {
  const version = useSignal(0);
  const heights = useMemo(() => new Map<number, number>(), [isWrapped, width]);
  return {
    version: version.value,
    of: (line: LogLine) => heights.get(line.start),
    measure: (box: HTMLElement) => {
      let isOther = false;
      for (const row of box.querySelectorAll<HTMLElement>('.log-row')) {
        const position = Number(row.dataset['position']);
        const height = row.getBoundingClientRect().height;
        if (heights.get(position) === height) continue;
        heights.set(position, height);
        isOther = true;
      }
      if (isOther) version.value += 1;
    },
  };
}
