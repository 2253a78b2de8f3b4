import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { jobStore } from '../../store/jobs.ts';
import { type Grouping, groupRows, MAX_GROUPED_ROWS } from './grouping.ts';
import type { JobList } from './job-list.ts';
import type { TableLine } from './table-lines.ts';

/** The lines of the table. */
export interface TableLines {
  readonly all: readonly TableLine[];
  /** Jobs that are in no group, because groups take only so many. */
  readonly ungrouped: number;
  /** Opens or closes a group. */
  readonly toggle: (key: string) => void;
}

/** The lines of a list. Groups need the rows themselves: as many are read as groups take. */
export function useTableLines(list: JobList, grouping: Grouping): TableLines {
  const closed = useSignal<ReadonlySet<string>>(new Set());
  const places = list.places.value;
  const isGrouped = grouping !== 'none';
  useEffect(() => {
    if (isGrouped) void list.ensureRows(Math.min(places.length, MAX_GROUPED_ROWS));
  }, [isGrouped, places.length]);
  useEffect(() => {
    closed.value = new Set();
  }, [grouping]);
  const all = useMemo((): readonly TableLine[] => {
    if (grouping === 'none') return places;
    // As they are now, and then kept: a job that changes does not go to another group under the pointer.
    const jobs = list.ids.peek().flatMap((id) => jobStore.peek(id) ?? []);
    return groupRows(jobs.slice(0, MAX_GROUPED_ROWS), grouping, closed.value);
  }, [places, grouping, closed.value]);
  const toggle = (key: string) => {
    const next = new Set(closed.peek());
    if (!next.delete(key)) next.add(key);
    closed.value = next;
  };
  return { all, toggle, ungrouped: isGrouped ? Math.max(0, places.length - MAX_GROUPED_ROWS) : 0 };
}
