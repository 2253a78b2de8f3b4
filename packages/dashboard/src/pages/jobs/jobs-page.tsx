import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { keep, readKept } from '../../preferences/browser-storage.ts';
import { query, setQuery } from '../../routing/place.ts';
import { session } from '../../session/session.ts';
import { jobStore } from '../../store/jobs.ts';
import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { BulkBar, MAX_BULK_JOBS } from './bulk-bar.tsx';
import { BulkDialog } from './bulk-dialog.tsx';
import type { BulkAction } from './bulk-plan.ts';
import { readListLook } from './columns.ts';
import { EmptyList } from './empty-list.tsx';
import { FilterBox } from './filter-box.tsx';
import { chosenStatuses, toggleStatus, withOrder } from './filter-edits.ts';
import { groupRows, MAX_GROUPED_ROWS, parseGrouping } from './grouping.ts';
import { JobTable } from './job-table.tsx';
import { renderNews } from './list-news.ts';
import { ListTools } from './list-tools.tsx';
import { NOTHING_SELECTED, selectTo, stateOfAll, toggleRow, toggleRows } from './selection.ts';
import { StatusChips } from './status-chips.tsx';
import type { TableLine } from './table-lines.ts';
import { useFilter } from './use-filter.ts';
import { useJobList } from './use-job-list.ts';
import { useListKeys } from './use-list-keys.ts';
import { useViews } from './use-views.ts';
import { ViewBar } from './view-bar.tsx';
import './jobs-page.css';

/** Where the columns are kept in this browser. */
const LOOK = 'jobs-look';

/** The list of jobs. */
export function Page() {
  const viewer = session.value.kind === 'signed-in' ? session.value.viewer.username : '';
  const views = useViews();
  const filter = useFilter(views.views, viewer);
  usePageTitle(filter.shown.view?.title ?? 'Jobs');
  // What a view is about is known only once its filter is.
  if (filter.shown.unknown !== null && !views.areKnown) return <Loading what="Loading the view" />;
  return <JobsPage viewer={viewer} views={views} filter={filter} />;
}

interface JobsPageProps {
  readonly viewer: string;
  readonly views: ReturnType<typeof useViews>;
  readonly filter: ReturnType<typeof useFilter>;
}

function JobsPage({ viewer, views, filter }: JobsPageProps) {
  const { text, shown, compiled, sound, change } = filter;
  const look = useSignal(useMemo(() => readListLook(readKept(LOOK)), []));
  const touch = useSignal({ scrollTop: 0, isTouched: false });
  const selection = useSignal(NOTHING_SELECTED);
  const current = useSignal<string | null>(null);
  const acting = useSignal<BulkAction | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const use = useComputed(() => ({ ...touch.value, hasSelection: selection.value.ids.size > 0 }));
  const list = useJobList(compiled, text.trim(), use);
  const state = list.state.value;
  const grouping = parseGrouping(query.value.get('group'));
  const lines = useLines(list, grouping);
  const order = list.ids.value;
  const news = renderNews(state.news);
  const isEmpty = state.kind === 'ready' && order.length === 0;
  const showNews = () => {
    current.value = null;
    void list.refresh();
  };
  useEffect(() => {
    selection.value = NOTHING_SELECTED;
    current.value = null;
  }, [text.trim()]);
  const onKeyDown = useListKeys({
    lines: lines.all,
    order,
    current,
    selection,
    focusFilter: () => input.current?.focus(),
    applyNews: showNews,
  });
  return (
    <div class="jobs-page">
      <h1 class="jobs-page-title">Jobs</h1>
      <ViewBar
        views={views.views}
        shown={shown}
        onSave={(name) => views.save(name, text)}
        onDelete={(name) => void views.remove(name)}
      />
      {shown.unknown !== null && <p role="status">There is no view called {shown.unknown}.</p>}
      <FilterBox
        text={text}
        terms={sound.terms}
        problem={compiled.ok ? null : compiled.problem}
        onChange={change}
        input={input}
      />
      <StatusChips
        counts={state.chips}
        chosen={chosenStatuses(sound.terms)}
        onToggle={(status) => change(toggleStatus(sound.terms, status))}
      />
      <div class="jobs-page-bar">
        <span class="jobs-page-count">{renderCount(state, lines.left)}</span>
        {news !== null && (
          <button type="button" class="jobs-page-news" onClick={showNews}>
            {news} <span aria-hidden="true">↑</span>
          </button>
        )}
        <ListTools
          filter={text}
          query={sound.query}
          look={look.value}
          onLook={(next) => {
            look.value = next;
            keep(LOOK, JSON.stringify(next));
          }}
          grouping={grouping}
          onGroup={(next) => setQuery({ group: next === 'none' ? null : next })}
        />
      </div>
      {selection.value.ids.size > 0 && (
        <BulkBar
          count={selection.value.ids.size}
          total={state.counts === null ? null : state.pages.total}
          onAct={(action) => (acting.value = action)}
          onSelectAll={async () => {
            await list.ensureRows(Math.min(state.pages.total, MAX_BULK_JOBS));
            selection.value = { ids: new Set(list.ids.peek().slice(0, MAX_BULK_JOBS)), anchor: null };
          }}
          onClear={() => (selection.value = NOTHING_SELECTED)}
        />
      )}
      {state.failure !== null && (
        <FailureBox failure={state.failure} onRetry={() => void list.refresh()} />
      )}
      {state.kind === 'loading' && order.length === 0 && <Loading what="Loading the jobs" />}
      {isEmpty && <EmptyList filter={text} terms={sound.terms} viewer={viewer} onFilter={change} />}
      {order.length > 0 && (
        <JobTable
          lines={lines.all}
          look={look.value}
          query={sound.query}
          current={current.value}
          chosen={selection.value.ids}
          left={state.news.left}
          selected={stateOfAll(selection.value, order)}
          onSelectAll={() => (selection.value = toggleRows(selection.value, order))}
          onSelect={(id, toHere) => {
            const { value } = selection;
            selection.value = toHere ? selectTo(value, id, order) : toggleRow(value, id);
          }}
          onOrder={(next) => change(withOrder(sound.terms, next))}
          onToggleGroup={lines.toggle}
          onRange={(range) => void list.ensure(range)}
          onUse={(next) => (touch.value = next)}
          onKeyDown={onKeyDown}
        />
      )}
      {acting.value !== null && (
        <BulkDialog
          action={acting.value}
          jobs={[...selection.value.ids].flatMap((id) => jobStore.peek(id) ?? [])}
          viewer={viewer}
          onClose={() => (acting.value = null)}
          onActed={() => {
            selection.value = NOTHING_SELECTED;
            void list.refresh();
          }}
        />
      )}
    </div>
  );
}

/** The lines of the table. Groups need the rows themselves: as many are read as groups take. */
function useLines(list: ReturnType<typeof useJobList>, grouping: ReturnType<typeof parseGrouping>) {
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
    const jobs = list.ids.peek().flatMap((id) => jobStore.peek(id) ?? []);
    return groupRows(jobs.slice(0, MAX_GROUPED_ROWS), grouping, closed.value);
  }, [places, grouping, closed.value]);
  const toggle = (key: string) => {
    const next = new Set(closed.peek());
    if (!next.delete(key)) next.add(key);
    closed.value = next;
  };
  return { all, toggle, left: isGrouped ? Math.max(0, places.length - MAX_GROUPED_ROWS) : 0 };
}

/** `10,000 jobs`, and what of them is not in the groups. */
function renderCount(
  { kind, pages, counts }: ReturnType<typeof useJobList>['state']['value'],
  ungrouped: number,
): string {
  if (kind === 'loading' && pages.total === 0) return '';
  const isOpen = counts === null || !counts.complete;
  const total = `${pages.total.toLocaleString('en')}${isOpen && pages.total >= pages.pageRows ? '+' : ''}`;
  const jobs = pages.total === 1 ? '1 job' : `${total} jobs`;
  if (ungrouped === 0) return jobs;
  return `${jobs}, the first ${MAX_GROUPED_ROWS.toLocaleString('en')} in groups: narrow the filter to group all`;
}
