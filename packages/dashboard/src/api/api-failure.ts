import type { FieldProblem } from '@arras/contract';

/** What a failure tells. */
export interface FailureFacts {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Code of the catalogue, such as `job.not-found`; null when the answer was none of the service's. */
  readonly code: string | null;
  /** What was expected, what was got, and what to do. */
  readonly message: string;
  readonly problems: readonly FieldProblem[];
  readonly requestId: string | null;
}

/** The service refused, or could not be reached. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly facts: FailureFacts;

  constructor(facts: FailureFacts) {
    super(facts.message);
    this.facts = facts;
  }

  /** True when nobody is signed in, or not any more. */
  get isSignedOut(): boolean {
    return this.facts.status === 401;
  }

  /** True when the service did not answer, or said that it cannot now: trying again helps. */
  get isOutage(): boolean {
    return this.facts.status === 0 || this.facts.status >= 500 || this.facts.status === 429;
  }
}
