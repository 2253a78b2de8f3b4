import { ERRORS, type ErrorCode, type FieldProblem } from '@arras/contract';

/** What an answer with an error said. */
export interface ApiFailureDetails {
  readonly code: ErrorCode | 'unknown';
  readonly status: number;
  readonly message: string;
  readonly problems: readonly FieldProblem[];
  readonly requestId: string | null;
  /** How long the service asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/** The service answered, and the answer is an error. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  /** A code of the error catalogue; `unknown` when the answer has none, as those of proxies. */
  readonly code: ErrorCode | 'unknown';
  /** The HTTP status. */
  readonly status: number;
  /** Every problem with the fields of the request. */
  readonly problems: readonly FieldProblem[];
  /** Names the request in the log of the service. */
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(details: ApiFailureDetails) {
    super(details.message);
    this.code = details.code;
    this.status = details.status;
    this.problems = details.problems;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }

  /** What the reader can do about it, from the error catalogue. */
  get remedy(): string | null {
    return this.code === 'unknown' ? null : ERRORS[this.code].remedy;
  }
}

/** No answer came: nobody listens there, the connection broke, or the time was up. */
export class UnreachableFailure extends Error {
  override readonly name = 'UnreachableFailure';
  /** Where the service was sought. */
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`The service at ${url} cannot be reached: ${describeCause(cause)}`, { cause });
    this.url = url;
  }
}

/** The innermost reason: `fetch` says "fetch failed" and keeps the reason in `cause`. */
function describeCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return describeCause(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return describeCause(error.errors[0]);
  return error.message === '' ? error.name : error.message;
}
