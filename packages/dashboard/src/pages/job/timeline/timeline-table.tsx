import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { formatClock, formatMoment } from '../../../ui/format-moment.ts';
import { formatShort } from '../format-short.ts';
import { KIND_NAMES, type TimelineItem } from './timeline-item.ts';

/** Rows that are there at once: more make the page slow, and nobody reads them. */
const SHOWN = 300;

/** What {@link TimelineTable} shows. */
export interface TimelineTableProps {
  /** Oldest first. */
  readonly items: readonly TimelineItem[];
  readonly selected: string | null;
}

/** The same events as the chart in words, each with an address of its own. */
export function TimelineTable({ items, selected }: TimelineTableProps) {
  const isAll = useSignal(false);
  const marked = useRef<HTMLTableRowElement>(null);
  const at = items.findIndex(({ id }) => id === selected);
  const first = isAll.value ? 0 : Math.max(0, Math.min(items.length - SHOWN, at === -1 ? Infinity : at));
  useEffect(() => marked.current?.scrollIntoView({ block: 'center' }), [selected, at !== -1]);
  return (
    <div class="timeline-scroll" tabIndex={0} role="region" aria-label="Events in words">
      {first > 0 && (
        <button type="button" class="button" onClick={() => (isAll.value = true)}>
          Show {first} earlier events
        </button>
      )}
      <table class="timeline-table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">After</th>
            <th scope="col">Kind</th>
            <th scope="col">Event</th>
            <th scope="col">What happened</th>
          </tr>
        </thead>
        <tbody>
          {items.slice(first).map((item, index) => (
            <tr
              key={item.id}
              id={item.id}
              ref={item.id === selected ? marked : null}
              class={item.id === selected ? 'timeline-row-selected' : undefined}
            >
              <td>
                <a href={`#${item.id}`} title={`${formatMoment(item.atMs)}: address of this event`}>
                  <time dateTime={new Date(item.atMs).toISOString()}>{formatClock(item.atMs)}</time>
                </a>
              </td>
              <td class="timeline-after">{after(item, items[first + index - 1])}</td>
              <td>{KIND_NAMES[item.kind]}</td>
              <td class={`timeline-name timeline-name-${item.class}`}>
                {item.symbol !== '' && <span aria-hidden="true">{item.symbol} </span>}
                <bdi>{item.name}</bdi>
                {item.count > 1 && ` ×${item.count}`}
              </td>
              <td class="timeline-text">
                <bdi>{item.text}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function after(item: TimelineItem, before: TimelineItem | undefined): string {
  if (before === undefined) return '';
  return `+${formatShort(item.atMs - before.atMs)}`;
}
