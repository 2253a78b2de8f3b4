import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { keep, readKept } from '../../preferences/browser-storage.ts';
import { query } from '../../routing/place.ts';
import type { Viewer } from '../../session/session.ts';
import { MAX_BULK_JOBS } from './bulk-bar.tsx';
import { type ListLook, readListLook } from './columns.ts';
import { type Grouping, parseGrouping } from './grouping.ts';
import type { JobList } from './job-list.ts';
import type { ListUse } from './list-news.ts';
import { NOTHING_SELECTED, type Selection, selectTo, toggleRow } from './selection.ts';
import type { Filter } from './use-filter.ts';
import { useJobList } from './use-job-list.ts';
import { useLastList } from './use-last-list.ts';
import { type TableLines, useTableLines } from './use-table-lines.ts';

/** Where the columns are kept in this browser. */
const LOOK = 'jobs-look';

/** What the parts of the page share. */
export interface JobsPageState {
  readonly filter: Filter;
  readonly list: JobList;
  readonly grouping: Grouping;
  readonly lines: TableLines;
  readonly look: ReadonlySignal<ListLook>;
  readonly changeLook: (look: ListLook) => void;
  readonly touch: Signal<Omit<ListUse, 'hasSelection'>>;
  readonly selection: Signal<Selection>;
  /** Chooses a row, or all from the one that was chosen last to it. */
  readonly select: (id: string, toHere: boolean) => void;
  readonly selectAll: () => Promise<void>;
  /** The row of the keyboard. */
  readonly current: Signal<string | null>;
  /** When it changes the list is shown from its beginning. */
  readonly topKey: string;
  /** Reads the list again, so that what came since is in it. */
  readonly showNews: () => void;
}

/** The state of the page; another filter begins anew, without a row of the keyboard or chosen ones. */
export function useJobsPage(filter: Filter, viewer: Viewer): JobsPageState {
  const { text } = filter;
  const look = useSignal(useMemo(() => readListLook(readKept(LOOK)), []));
  const touch = useSignal({ scrollTop: 0, isTouched: false });
  const selection = useSignal(NOTHING_SELECTED);
  const current = useSignal<string | null>(null);
  const use = useComputed(() => ({ ...touch.value, hasSelection: selection.value.ids.size > 0 }));
  const list = useJobList(filter, use, viewer);
  const tops = useSignal(0);
  const grouping = parseGrouping(query.value.get('group'));
  const lines = useTableLines(list, grouping);
  useLastList({ filter, list, lines, grouping });
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) selection.value = NOTHING_SELECTED;
    if (!isFirst.current) current.value = null;
    isFirst.current = false;
  }, [text.trim()]);
  return {
    filter,
    list,
    grouping,
    lines,
    look,
    changeLook: (next) => {
      look.value = next;
      keep(LOOK, JSON.stringify(next));
    },
    touch,
    selection,
    select: (id, toHere) => {
      const { value } = selection;
      selection.value = toHere ? selectTo(value, id, list.ids.peek()) : toggleRow(value, id);
    },
    selectAll: async () => {
      await list.ensureRows(Math.min(list.state.peek().pages.total, MAX_BULK_JOBS));
      selection.value = { ids: new Set(list.ids.peek().slice(0, MAX_BULK_JOBS)), anchor: null };
    },
    current,
    topKey: `${tops.value} ${text.trim()}`,
    showNews: () => {
      tops.value += 1;
      current.value = null;
      void list.refresh();
    },
  };
}
