import { jobSignal } from '../../store/jobs.ts';
import type { ColumnName } from './columns.ts';
import { JobCell } from './job-cell.tsx';
import './job-row.css';

/** What {@link JobRow} shows. */
export interface JobRowProps {
  readonly id: string;
  /** Its number in the whole table, from 1; the line of the headings is 1. */
  readonly rowNumber: number;
  readonly columns: readonly ColumnName[];
  /** The keyboard is at this row. */
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** It no longer fits the filter, and goes when the list is read again. */
  readonly hasLeft: boolean;
  readonly onSelect: (id: string, toHere: boolean) => void;
}

/** One job of the list; what happens to it is shown in its place. */
export function JobRow(props: JobRowProps) {
  const { id, rowNumber, columns, isCurrent, isSelected, hasLeft, onSelect } = props;
  const job = jobSignal(id).value;
  const classes = [
    'job-row',
    ...(isCurrent ? ['job-row-current'] : []),
    ...(hasLeft || job === null ? ['job-row-left'] : []),
  ];
  return (
    <div
      role="row"
      id={rowIdOf(id)}
      class={classes.join(' ')}
      aria-rowindex={rowNumber}
      aria-selected={isSelected}
    >
      <div role="gridcell" class="job-row-box">
        <input
          type="checkbox"
          tabIndex={-1}
          checked={isSelected}
          aria-label={`Select ${job?.name ?? id}`}
          onClick={(event) => {
            // The box shows what the list says, also where a range was chosen.
            event.preventDefault();
            onSelect(id, event.shiftKey);
          }}
        />
      </div>
      {columns.map((column) => (
        <div role="gridcell" key={column} class={`job-row-cell job-row-${column}`}>
          {job === null ? '–' : <JobCell job={job} column={column} />}
        </div>
      ))}
    </div>
  );
}

/** The id of the row's element. */
export function rowIdOf(jobId: string): string {
  return `job-row-${jobId}`;
}
