import { FailureBox } from '../../ui/failure-box.tsx';
import { Loading } from '../../ui/loading.tsx';
import { EmptyList } from './empty-list.tsx';
import { withOrder } from './filter-edits.ts';
import { JobTable } from './job-table.tsx';
import { stateOfAll, toggleRows } from './selection.ts';
import type { JobsPageState } from './use-jobs-page.ts';

/** What {@link ListBody} shows. */
export interface ListBodyProps {
  readonly page: JobsPageState;
  readonly viewer: string;
  readonly onKeyDown: (event: KeyboardEvent, pageRows: number) => void;
}

/** The jobs, or why there are none. A failure keeps the rows that are there. */
export function ListBody({ page, viewer, onKeyDown }: ListBodyProps) {
  const { filter, list } = page;
  const { kind, failure } = list.state.value;
  const isEmpty = list.ids.value.length === 0;
  return (
    <>
      {failure !== null && <FailureBox failure={failure} onRetry={() => void list.refresh()} />}
      {kind === 'loading' && isEmpty && <Loading what="Loading the jobs" />}
      {kind === 'ready' && isEmpty && (
        <EmptyList filter={filter.text} terms={filter.sound.terms} viewer={viewer} onFilter={filter.change} />
      )}
      {!isEmpty && <Rows page={page} onKeyDown={onKeyDown} />}
    </>
  );
}

function Rows({ page, onKeyDown }: Omit<ListBodyProps, 'viewer'>) {
  const { filter, list, lines, look, touch, selection, select, current } = page;
  const order = list.ids.value;
  return (
    <JobTable
      lines={lines.all}
      look={look.value}
      query={filter.sound.query}
      current={current.value}
      chosen={selection.value.ids}
      topKey={page.topKey}
      left={list.state.value.news.left}
      selected={stateOfAll(selection.value, order)}
      onSelectAll={() => (selection.value = toggleRows(selection.value, order))}
      onSelect={select}
      onOrder={(next) => filter.change(withOrder(filter.sound.terms, next))}
      onToggleGroup={lines.toggle}
      onRange={(range) => void list.ensure(range)}
      onUse={(next) => (touch.value = next)}
      onKeyDown={onKeyDown}
    />
  );
}
