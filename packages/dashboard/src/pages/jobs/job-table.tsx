import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useNarrow } from '../../ui/use-narrow.ts';
import { type ListLook, layOutColumns, NARROW_ROW_HEIGHT, ROW_HEIGHTS } from './columns.ts';
import { JobRow, rowIdOf } from './job-row.tsx';
import { JobTableHead, type JobTableHeadProps } from './job-table-head.tsx';
import { jobOfLine, type TableLine } from './table-lines.ts';
import { findScrollFor, findVisibleRows, type RowRange } from './virtual-window.ts';
import './job-table.css';

/** What {@link JobTable} shows. */
export interface JobTableProps
  extends Pick<JobTableHeadProps, 'query' | 'selected' | 'onSelectAll' | 'onOrder'> {
  readonly lines: readonly TableLine[];
  readonly look: ListLook;
  /** The row of the keyboard; null: none. */
  readonly current: string | null;
  readonly chosen: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
  /** When it changes the table is shown from its beginning. */
  readonly topKey: string;
  readonly onSelect: (id: string, toHere: boolean) => void;
  readonly onToggleGroup: (key: string) => void;
  /** The rows that are drawn now. */
  readonly onRange: (range: RowRange) => void;
  readonly onUse: (use: { readonly scrollTop: number; readonly isTouched: boolean }) => void;
  readonly onKeyDown: (event: KeyboardEvent, pageRows: number) => void;
}

/** Height of the headings, in CSS pixels; as in the style sheet. */
const HEAD_HEIGHT = 36;

/** The jobs as a table that draws only the rows that are seen. */
export function JobTable(props: JobTableProps) {
  const { lines, look, current, topKey, onRange, onUse, onKeyDown } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const view = useSignal({ scrollTop: 0, height: 600 });
  const isNarrow = useNarrow();
  const rowHeight = isNarrow ? NARROW_ROW_HEIGHT : ROW_HEIGHTS[look.density];
  const range = findVisibleRows(view.value, { count: lines.length, rowHeight });
  const use = useRef({ scrollTop: 0, isTouched: false });
  const tell = (changes: Partial<typeof use.current>) => {
    use.current = { ...use.current, ...changes };
    onUse(use.current);
  };
  useLayoutEffect(() => {
    const { current: element } = scroller;
    if (element === null) return;
    const measure = () =>
      (view.value = { scrollTop: element.scrollTop, height: element.clientHeight - HEAD_HEIGHT });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  useEffect(() => onRange(range), [range.first, range.end, lines]);
  useLayoutEffect(() => {
    const index = current === null ? -1 : lines.findIndex((line) => jobOfLine(line) === current);
    const top = index < 0 ? null : findScrollFor(index, view.peek(), rowHeight);
    if (top !== null) scroller.current?.scrollTo({ top });
  }, [current]);
  useLayoutEffect(() => scroller.current?.scrollTo({ top: 0 }), [topKey]);
  const { tracks, width } = layOutColumns(look.columns);
  const style = {
    '--job-table-tracks': tracks,
    '--job-table-width': isNarrow ? '100%' : width,
    '--job-table-row-height': `${rowHeight}px`,
  };
  const isCurrentDrawn = lines.slice(range.first, range.end).some((line) => jobOfLine(line) === current);
  return (
    <div
      class="job-table"
      role="grid"
      aria-label="Jobs"
      aria-multiselectable="true"
      aria-rowcount={lines.length + 1}
      aria-activedescendant={current !== null && isCurrentDrawn ? rowIdOf(current) : undefined}
      tabIndex={0}
      style={style}
      ref={scroller}
      onScroll={({ currentTarget }) => {
        view.value = { scrollTop: currentTarget.scrollTop, height: currentTarget.clientHeight - HEAD_HEIGHT };
        tell({ scrollTop: currentTarget.scrollTop });
      }}
      onPointerEnter={() => tell({ isTouched: true })}
      onPointerLeave={() => tell({ isTouched: false })}
      onKeyDown={(event) => onKeyDown(event, Math.floor(view.peek().height / rowHeight))}
    >
      <div role="rowgroup" class="job-table-top">
        <JobTableHead columns={look.columns} {...props} />
      </div>
      <div role="rowgroup" class="job-table-body" style={{ height: `${lines.length * rowHeight}px` }}>
        <div role="presentation" style={{ transform: `translateY(${range.first * rowHeight}px)` }}>
          <Lines {...props} range={range} />
        </div>
      </div>
    </div>
  );
}

function Lines({
  lines,
  look,
  current,
  chosen,
  left,
  range,
  onSelect,
  onToggleGroup,
}: JobTableProps & { readonly range: RowRange }) {
  return lines.slice(range.first, range.end).map((line, index) => {
    const rowNumber = range.first + index + 2;
    switch (line.kind) {
      case 'row':
        return (
          <JobRow
            key={line.id}
            id={line.id}
            rowNumber={rowNumber}
            columns={look.columns}
            isCurrent={line.id === current}
            isSelected={chosen.has(line.id)}
            hasLeft={left.has(line.id)}
            onSelect={onSelect}
          />
        );
      case 'group':
        return (
          <div role="row" key={`group ${line.key}`} class="job-row-group" aria-rowindex={rowNumber}>
            <div role="gridcell">
              <button
                type="button"
                class="button button-quiet"
                aria-expanded={line.isOpen}
                onClick={() => onToggleGroup(line.key)}
              >
                <span aria-hidden="true">{line.isOpen ? '▾' : '▸'}</span> <bdi>{line.key}</bdi> · {line.count}
              </button>
            </div>
          </div>
        );
      case 'hole':
        return (
          <div role="row" key={`hole ${rowNumber}`} class="job-row-hole" aria-rowindex={rowNumber}>
            <div role="gridcell">…</div>
          </div>
        );
    }
  });
}
