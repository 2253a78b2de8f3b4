import { BULK_ACTIONS, BULK_WORDS, type BulkAction } from './bulk-plan.ts';
import './bulk.css';

/** Jobs that one action takes at most: each is a request of its own. */
export const MAX_BULK_JOBS = 1_000;

/** What {@link BulkBar} shows. */
export interface BulkBarProps {
  readonly count: number;
  /** Jobs of the whole list; null as long as they are not counted. */
  readonly total: number | null;
  readonly onAct: (action: BulkAction) => void;
  readonly onSelectAll: () => void;
  readonly onClear: () => void;
}

/** What can be done to the jobs that are chosen. */
export function BulkBar({ count, total, onAct, onSelectAll, onClear }: BulkBarProps) {
  const most = total === null ? 0 : Math.min(total, MAX_BULK_JOBS);
  return (
    <div class="bulk-bar" role="toolbar" aria-label="Chosen jobs">
      <strong>{count.toLocaleString('en')} chosen</strong>
      {BULK_ACTIONS.map((action) => (
        <button key={action} type="button" class="button" onClick={() => onAct(action)}>
          {BULK_WORDS[action].label}…
        </button>
      ))}
      {count < most && (
        <button type="button" class="button" onClick={onSelectAll}>
          Choose {most === total ? 'all' : 'the first'} {most.toLocaleString('en')}
        </button>
      )}
      <button type="button" class="button button-quiet" onClick={onClear}>
        Choose none
      </button>
    </div>
  );
}
