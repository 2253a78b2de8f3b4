import { COLUMNS, type Column, type ColumnName, nextOrder } from './columns.ts';
import type { Query } from './list-query.ts';

/** What {@link JobTableHead} shows. */
export interface JobTableHeadProps {
  readonly columns: readonly ColumnName[];
  /** What the list is ordered by is in it. */
  readonly query: Query;
  readonly selected: 'all' | 'some' | 'none';
  readonly onSelectAll: () => void;
  readonly onOrder: (order: { readonly key: string; readonly descending: boolean }) => void;
}

/** The headings: each orders the list by its column. */
export function JobTableHead({ columns, query, selected, onSelectAll, onOrder }: JobTableHeadProps) {
  return (
    <div role="row" class="job-table-head" aria-rowindex={1}>
      <div role="columnheader" class="job-row-box">
        <input
          type="checkbox"
          checked={selected === 'all'}
          ref={(box) => {
            if (box !== null) box.indeterminate = selected === 'some';
          }}
          aria-label="Select all jobs that are loaded"
          onClick={(event) => {
            event.preventDefault();
            onSelectAll();
          }}
        />
      </div>
      {columns.map((name) => (
        <Heading key={name} name={name} query={query} onOrder={onOrder} />
      ))}
    </div>
  );
}

interface HeadingProps extends Pick<JobTableHeadProps, 'query' | 'onOrder'> {
  readonly name: ColumnName;
}

function Heading({ name, query, onOrder }: HeadingProps) {
  const { title, field }: Column = COLUMNS[name];
  const next = nextOrder(name, query);
  const isCurrent = query['orderBy'] === field;
  const isDescending = query['order'] === 'DESC';
  const direction = isDescending ? 'descending' : 'ascending';
  return (
    <div role="columnheader" class="job-table-heading" aria-sort={isCurrent ? direction : 'none'}>
      {next === null ? (
        title
      ) : (
        <button type="button" class="job-table-sort" onClick={() => onOrder(next)}>
          {title}
          <span aria-hidden="true">{isCurrent ? (isDescending ? ' ↓' : ' ↑') : ''}</span>
        </button>
      )}
    </div>
  );
}
