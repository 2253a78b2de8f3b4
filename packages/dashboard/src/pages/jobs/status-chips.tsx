import { type JobCounts, type JobStatus, STATUS_LOOKS } from '@arras/contract';
import { STATUS_ORDER } from './grouping.ts';
import './status-chips.css';

/** What {@link StatusChips} shows. */
export interface StatusChipsProps {
  /** Of the list without its conditions on the status; null: not counted yet. */
  readonly counts: JobCounts | null;
  readonly chosen: readonly string[];
  readonly onToggle: (status: JobStatus) => void;
}

/** The statuses that there are, each with its number of jobs: a click lists those alone. */
export function StatusChips({ counts, chosen, onToggle }: StatusChipsProps) {
  const numbers = new Map(counts?.statuses.map(({ status, count }) => [status, count] as const));
  const shown = STATUS_ORDER.filter((status) => numbers.has(status) || chosen.includes(status));
  if (shown.length === 0) return null;
  const atLeast = counts?.complete === false ? 'at least ' : '';
  return (
    <ul class="status-chips" aria-label="Jobs by status">
      {shown.map((status) => {
        const { symbol, class: look } = STATUS_LOOKS[status];
        const count = numbers.get(status) ?? 0;
        return (
          <li key={status}>
            <button
              type="button"
              class={`status-chips-chip status-chips-${look}`}
              aria-pressed={chosen.includes(status)}
              title={`${atLeast}${count.toLocaleString('en')} jobs`}
              onClick={() => onToggle(status)}
            >
              <span aria-hidden="true">{symbol}</span> {status} <strong>{count.toLocaleString('en')}</strong>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
