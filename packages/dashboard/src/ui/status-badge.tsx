import { type JobStatus, STATUS_LOOKS, STOP_REQUESTED_LOOK } from '@arras/contract';
import './status-badge.css';

/** What {@link StatusBadge} shows. */
export interface StatusBadgeProps {
  readonly status: JobStatus;
  /** A stop was asked for and is not yet proven: said beside the status, never instead. Default: false. */
  readonly stopRequested?: boolean | undefined;
}

/** A status as symbol, word and class of colour; a failure is filled. */
export function StatusBadge({ status, stopRequested = false }: StatusBadgeProps) {
  const look = STATUS_LOOKS[status];
  return (
    <span class="status-badge-group">
      <span class={`status-badge status-badge-${look.class}`}>
        <span aria-hidden="true">{look.symbol}</span> {status}
      </span>
      {stopRequested && (
        <span class="status-badge status-badge-idle">
          <span aria-hidden="true">{STOP_REQUESTED_LOOK.symbol}</span> stop requested
        </span>
      )}
    </span>
  );
}
