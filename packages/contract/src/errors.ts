import { z } from 'zod';
import { MISSING_ERRORS } from './missing-errors.ts';
import { REFUSAL_ERRORS } from './refusal-errors.ts';
import { STATE_ERRORS } from './state-errors.ts';

/** One problem with one field of a request. */
export interface FieldProblem {
  /** Dotted path as the user wrote it, such as `inputs.dataset`; empty when the whole body is meant. */
  readonly field: string;
  /** What was expected, what was got, what to do. Never contains a secret. */
  readonly message: string;
}

/**
 * The error catalogue. A code never changes its meaning or its status. "Not yours" and "missing" share one code and
 * one text, so that nobody can probe for ids (DECISIONS: "HTTP status codes").
 */
export const ERRORS = { ...REFUSAL_ERRORS, ...MISSING_ERRORS, ...STATE_ERRORS } as const;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** All codes, in the order of their HTTP status classes as listed. */
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];

/** What may be said beside the code. */
export interface ApiErrorDetails {
  /** Replaces the sentence of the catalogue. */
  readonly message?: string;
  readonly problems?: readonly FieldProblem[];
  readonly cause?: unknown;
}

/** An error meant for the person who sent the request. Its text is safe to show. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly problems: readonly FieldProblem[];

  constructor(code: ErrorCode, details: ApiErrorDetails = {}) {
    const problems = details.problems ?? [];
    const opening = details.message ?? ERRORS[code].message;
    super([opening, ...problems.map(renderProblem)].join(' '), { cause: details.cause });
    this.code = code;
    this.status = ERRORS[code].status;
    this.problems = problems;
  }
}

/** `nodeCount: expected a whole number above 0, got "two" (string).` */
export function renderProblem(problem: FieldProblem): string {
  const text = problem.field === '' ? problem.message : `${problem.field}: ${problem.message}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** One entry of `errors` in an error envelope. */
export const fieldProblemSchema = z.object({
  field: z.string().describe('Dotted path of the field as it was written, such as inputs.dataset.'),
  message: z.string().describe('What was expected, what was got, what to do.'),
});

/** The body of every error. There is no `result` key on errors (DECISIONS: "result"). */
export const errorEnvelopeSchema = z.object({
  status: z.literal('error'),
  message: z.string().describe('A sentence for people. It names every field that is wrong.'),
  version: z.string().describe('Version and build of the service.'),
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]).describe('A code of the error catalogue.'),
  errors: z.array(fieldProblemSchema).optional().describe('Every problem of the request at once.'),
  requestId: z.string().optional().describe('Names the request in the log of the service.'),
  fault: z
    .object({ code: z.int(), message: z.string(), description: z.string() })
    .optional()
    .describe('Only on refused tokens: existing clients refresh their token when they see it.'),
});

/** An error as it travels. */
export type ErrorEnvelope = z.infer<typeof errorEnvelopeSchema>;

/** `fault` codes by error code: what existing clients look for before they refresh a token (spec: conventions 2). */
export const TOKEN_FAULTS = {
  'auth.invalid': 900904,
  'auth.expired': 900904,
  'auth.revoked': 900904,
} as const satisfies Partial<Record<ErrorCode, number>>;

/** The envelope of an error. */
export function renderErrorEnvelope(
  error: ApiError,
  about: { readonly version: string; readonly requestId?: string },
): ErrorEnvelope {
  const faults: Partial<Record<ErrorCode, number>> = TOKEN_FAULTS;
  const faultCode = faults[error.code];
  return {
    status: 'error',
    message: error.message,
    version: about.version,
    code: error.code,
    ...(error.problems.length > 0 && { errors: [...error.problems] }),
    ...(about.requestId !== undefined && { requestId: about.requestId }),
    ...(faultCode !== undefined && {
      fault: { code: faultCode, message: 'Invalid Credentials', description: error.message },
    }),
  };
}
