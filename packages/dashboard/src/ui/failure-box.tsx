import type { ApiFailure } from '../api/api-failure.ts';
import { CopyButton } from './copy-button.tsx';
import './failure-box.css';

/** What {@link FailureBox} shows. */
export interface FailureBoxProps {
  readonly failure: ApiFailure;
  /** Absent where trying again makes no sense. */
  readonly onRetry?: (() => void) | undefined;
}

/** What did not work, why, and what to do. */
export function FailureBox({ failure, onRetry }: FailureBoxProps) {
  const { message, problems, requestId, code } = failure.facts;
  return (
    <div class="failure-box" role="alert">
      <p class="failure-box-what">
        <span aria-hidden="true">✗</span> {message}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.map((problem) => (
            <li key={`${problem.field} ${problem.message}`}>
              <code>{problem.field}</code>: {problem.message}
            </li>
          ))}
        </ul>
      )}
      <div class="failure-box-foot">
        {onRetry !== undefined && (
          <button type="button" class="button" onClick={onRetry}>
            Try again
          </button>
        )}
        {code !== null && <code>{code}</code>}
        {requestId !== null && (
          <span>
            request <code>{requestId}</code> <CopyButton text={requestId} label="request id" />
          </span>
        )}
      </div>
    </div>
  );
}
