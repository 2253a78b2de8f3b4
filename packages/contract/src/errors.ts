import { z } from 'zod';

/** One problem with one field of a request. */
export interface FieldProblem {
  /** Dotted path as the user wrote it, such as `inputs.dataset`; empty when the whole body is meant. */
  readonly field: string;
  /** What was expected, what was got, what to do. Never contains a secret. */
  readonly message: string;
}

/** What a code of the catalogue says when nothing more precise is known. */
export interface ErrorEntry {
  /** The HTTP status. */
  readonly status: number;
  readonly message: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}

/**
 * The error catalogue. A code never changes its meaning or its status. "Not yours" and "missing" share one code and
 * one text, so that nobody can probe for ids (DECISIONS: "HTTP status codes").
 */
export const ERRORS = {
  'request.malformed': {
    status: 400,
    message: 'The request body cannot be read.',
    remedy: 'Send one well-formed JSON object or a url-encoded form.',
  },
  'request.not-utf8': {
    status: 400,
    message: 'The request is not valid UTF-8.',
    remedy: 'Encode the body and the URL as UTF-8.',
  },
  'request.too-deep': {
    status: 400,
    message: 'The JSON of the request is nested too deeply.',
    remedy: 'Flatten the document: no request of this service needs more than a few levels.',
  },
  'request.invalid': {
    status: 400,
    message: 'The request has fields that cannot be accepted.',
    remedy: 'Correct the fields listed under `errors` and send the request again.',
  },
  'request.bad-query': {
    status: 400,
    message: 'A query parameter cannot be understood.',
    remedy: 'Correct the parameters listed under `errors`.',
  },
  'request.too-large': {
    status: 413,
    message: 'The request body is too large.',
    remedy: 'Send less; put large data on a storage system and name its path as an input.',
  },
  // 400 and not 415: the original's answer, which its clients know (spec: conventions 7).
  'request.unsupported-media-type': {
    status: 400,
    message: 'The media type of the request body is not supported.',
    remedy: 'Send application/json or application/x-www-form-urlencoded.',
  },
  'request.failed': {
    status: 400,
    message: 'The request cannot be understood.',
    remedy: 'Compare the request with the API reference.',
  },
  'auth.missing': {
    status: 401,
    message: 'No credentials were found in the request.',
    remedy: 'Send the header "Authorization: Bearer TOKEN".',
  },
  'auth.invalid': {
    status: 401,
    message: 'Invalid Credentials: the token is not known.',
    remedy: 'Create a new token and use it.',
  },
  'auth.expired': {
    status: 401,
    message: 'Invalid Credentials: the token has expired.',
    remedy: 'Create a new token and use it.',
  },
  'auth.revoked': {
    status: 401,
    message: 'Invalid Credentials: the token has been revoked.',
    remedy: 'Create a new token and use it.',
  },
  'auth.wrong-password': {
    status: 401,
    message: 'The user name or the password is wrong.',
    remedy: 'Send your user name and password with HTTP Basic, or ask an administrator for a new password.',
  },
  'auth.disabled': {
    status: 401,
    message: 'Invalid Credentials: the account is disabled.',
    remedy: 'Ask an administrator to enable the account.',
  },
  'auth.account-unusable': {
    status: 403,
    message: 'Your identity provider cannot sign you in here.',
    remedy:
      'Read the message, and ask an administrator: another claim may name users, or the account is to be renamed.',
  },
  'auth.issuer-unreachable': {
    status: 503,
    message: 'The identity provider that signs such tokens cannot be reached.',
    remedy: 'Repeat the request after the time in the Retry-After header, or use a token of this service.',
  },
  'session.no-provider': {
    status: 404,
    message: 'No identity provider is set up here.',
    remedy: 'Sign in with a password or a token: see GET /sessions/v2/ways.',
  },
  'session.sign-in-failed': {
    status: 400,
    message: 'The sign-in could not be finished.',
    remedy: 'Begin again with GET /sessions/v2/oidc, in the same browser.',
  },
  'access.forbidden': {
    status: 403,
    message: 'You may not do this.',
    remedy: 'Ask the owner or an administrator for the permission.',
  },
  'access.admin-only': {
    status: 403,
    message: 'Only an administrator may do this.',
    remedy: 'Ask an administrator.',
  },
  'access.scope-missing': {
    status: 403,
    message: 'The token may not be used for this.',
    remedy: 'Use a token with the scope that the message names: make one with POST /tokens/v2.',
  },
  'access.foreign-origin': {
    status: 403,
    message: 'A page of another origin may not use the session of this browser.',
    remedy: 'Call from a page of this service, or send a token in the Authorization header.',
  },
  'system.host-local-needs-admin': {
    status: 403,
    message: "Only an administrator may register a system on the server's own host.",
    remedy: 'Programs of such a system run beside the service itself. Ask an administrator to register it.',
  },
  'system.openssh-needs-admin': {
    status: 403,
    message: "Only an administrator may register a system that the server's own ssh program enters.",
    remedy:
      "The program enters hosts as the service's own account can. Leave `transport` out, or ask an administrator to register the system.",
  },
  'app.not-permitted': {
    status: 403,
    message: 'You may not run this app.',
    remedy: 'Ask the owner of the app to publish it or to share it with you.',
  },
  'system.not-permitted': {
    status: 403,
    message: 'You may not run jobs on this system.',
    remedy: 'Ask an administrator of the system for the role USER.',
  },
  'input.not-permitted': {
    status: 403,
    message: 'You may not read an input of this job.',
    remedy: 'Name a file that you can read, or ask for access to its system.',
  },
  'file.not-permitted': {
    status: 403,
    message: 'You may not do this with this file or directory.',
    remedy: 'Work below your own directory, or ask the owner for a permission on the path.',
  },
  'callback.wrong-token': {
    status: 403,
    message: 'The token in the address is not that of this job.',
    remedy: 'Use the address that the service gave to the job itself.',
  },
  'route.not-found': {
    status: 404,
    message: 'There is nothing at this address.',
    remedy: 'See /openapi.json for every address of the service.',
  },
  'job.not-found': {
    status: 404,
    message: 'No job with this id is visible to you.',
    remedy: 'List your jobs with GET /jobs/v2.',
  },
  'client.not-found': {
    status: 404,
    message: 'You have no client of this name.',
    remedy: 'List your clients with GET /clients/v2.',
  },
  'filter.not-found': {
    status: 404,
    message: 'You have no saved filter of this name.',
    remedy: 'List your filters with GET /jobs/v2/filters.',
  },
  'permission.not-found': {
    status: 404,
    message: 'This user has no permission on the job.',
    remedy: 'List the permissions with GET /jobs/v2/{id}/pems.',
  },
  'notification.not-found': {
    status: 404,
    message: 'No subscription with this id is visible to you.',
    remedy: 'List your subscriptions with GET /notifications/v2.',
  },
  'attempt.not-found': {
    status: 404,
    message: 'The subscription has no attempt with this id.',
    remedy: 'List its attempts with GET /notifications/v2/{id}/attempts?status=all.',
  },
  'output.not-found': {
    status: 404,
    message: 'The job has no output at this path.',
    remedy: 'List what there is with GET /jobs/v2/{id}/outputs/listings.',
  },
  'file.not-found': {
    status: 404,
    message: 'There is no file or directory at this path.',
    remedy: 'List what there is with GET /files/v2/listings/system/{systemId}/{path}.',
  },
  'system.not-found': {
    status: 404,
    message: 'No system with this id is visible to you.',
    remedy: 'List the systems with GET /systems/v2.',
  },
  'role.not-found': {
    status: 404,
    message: 'This user has no role on the system.',
    remedy: 'List the roles with GET /systems/v2/{id}/roles.',
  },
  'app.not-found': {
    status: 404,
    message: 'No app with this id is visible to you.',
    remedy: 'List the apps with GET /apps/v2.',
  },
  'metadata.not-found': {
    status: 404,
    message: 'No metadata document with this uuid is visible to you.',
    remedy: 'List those that are with GET /meta/v2/data.',
  },
  'schema.not-found': {
    status: 404,
    message: 'No schema with this uuid is visible to you.',
    remedy: 'List those that are with GET /meta/v2/schemas.',
  },
  'metadata.not-shared': {
    status: 404,
    message: 'This user has no permission on the document.',
    remedy: 'List the permissions with GET /meta/v2/data/{uuid}/pems.',
  },
  'postit.not-found': {
    status: 404,
    message: 'There is no such postit, or it has expired or was used up.',
    remedy: 'Ask whoever gave it to you for a new one.',
  },
  'uuid.not-found': {
    status: 404,
    message: 'No resource with this uuid is visible to you.',
    remedy: 'Compare the uuid with where you have it from; it may have been deleted.',
  },
  'profile.not-found': {
    status: 404,
    message: 'There is no user with this name.',
    remedy: 'List the users with GET /profiles/v2.',
  },
  'token.not-found': {
    status: 404,
    message: 'You have no token with this id.',
    remedy: 'List your tokens with GET /tokens/v2.',
  },
  'route.method-not-allowed': {
    status: 405,
    message: 'This address does not answer to this method.',
    remedy: 'Use a method of the Allow header.',
  },
  'system.exists': {
    status: 409,
    message: 'A system with this id already exists or has existed.',
    remedy: 'Choose another id: ids of deleted systems are not given out again.',
  },
  'app.exists': {
    status: 409,
    message: 'An app with this name and version already exists.',
    remedy: 'Raise the version, or update the app with POST /apps/v2/{id}.',
  },
  'file.exists': {
    status: 409,
    message: 'Something is at this path already.',
    remedy: 'Choose another path, or delete what is there first.',
  },
  'client.exists': {
    status: 409,
    message: 'You have a client of this name already.',
    remedy: 'Delete it first, or choose another name.',
  },
  'profile.exists': {
    status: 409,
    message: 'A user with this name already exists.',
    remedy: 'Choose another name.',
  },
  'job.action-impossible': {
    status: 409,
    message: 'The job cannot do this in its present status.',
    remedy: 'Look at its status with GET /jobs/v2/{id}/status.',
  },
  'idempotency.in-progress': {
    status: 409,
    message: 'The first request with this Idempotency-Key is still being handled.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  conflict: {
    status: 409,
    message: 'The record was changed by somebody else at the same time.',
    remedy: 'Read it again and repeat the change.',
  },
  'precondition.failed': {
    status: 412,
    message: 'A condition for this request is not met.',
    remedy: 'Read the message, put the condition right, and repeat the request.',
  },
  'system.unavailable': {
    status: 412,
    message: 'The system is disabled or not up.',
    remedy: 'Choose another system, or ask its owner to enable it.',
  },
  'callback.impossible': {
    status: 400,
    message: 'The job is not running, so nothing can be said about it.',
    remedy: 'Send heartbeats and events only while the program of the job runs.',
  },
  'app.unavailable': {
    status: 400,
    message: 'The app is not available.',
    remedy: 'Choose another app, or ask its owner to enable it.',
  },
  'zip.too-large': {
    status: 400,
    message: 'The directory holds too much for one zip archive.',
    remedy: 'Ask for archives of its subdirectories, or download its files.',
  },
  'file.bad-path': {
    status: 400,
    message: 'The path cannot be used.',
    remedy: 'Name a place below the directories of the system, without ".." and NUL.',
  },
  'file.is-a-directory': {
    status: 400,
    message: 'This is a directory.',
    remedy: 'Name a file in it, or ask for an archive of it with zip=true.',
  },
  'file.not-a-directory': {
    status: 400,
    message: 'This is not a directory.',
    remedy: 'Name the directory that is to hold the file.',
  },
  'file.action-unknown': {
    status: 501,
    message: 'This action is not known.',
    remedy: 'Send one of mkdir, rename, copy, move.',
  },
  'file.unsupported': {
    status: 501,
    message: 'The storage of the system cannot do this.',
    remedy: 'Use a system with another storage protocol.',
  },
  'range.not-satisfiable': {
    status: 416,
    message: 'The requested range lies outside the file.',
    remedy: 'Ask for bytes within the length given in the Content-Range header.',
  },
  'idempotency.key-reused': {
    status: 422,
    message: 'This Idempotency-Key was already used with another request body.',
    remedy: 'Use a new key for a new request.',
  },
  'credentials.not-found': {
    status: 404,
    message: 'The system has no such credentials.',
    remedy: 'List those that it has: GET /systems/v2/ID/credentials.',
  },
  'queue.not-found': {
    status: 404,
    message: 'The system has no such queue.',
    remedy: 'List those that it has: GET /systems/v2/ID/queues.',
  },
  'stream.bad-position': {
    status: 400,
    message: 'The position in the stream cannot be read.',
    remedy: 'Send the id of the last event exactly as the stream gave it, or none to begin now.',
  },
  'filter.too-many': {
    status: 409,
    message: 'You have as many saved filters as you may have.',
    remedy: 'Delete one that you do not need with DELETE /jobs/v2/filters/{name}.',
  },
  'postit.too-many': {
    status: 409,
    message: 'You have as many postits as you may have.',
    remedy: 'Delete one that you do not need with DELETE /postits/v2/{postit}, or let some expire.',
  },
  'stream.too-many': {
    status: 429,
    message: 'Too many streams are open.',
    remedy: 'Close streams that nobody reads, or follow several jobs in one stream.',
  },
  'wait.too-many': {
    status: 429,
    message: 'Too many of your requests wait for a change already.',
    remedy:
      'Wait for fewer jobs at a time, follow them in one stream, or ask for many with POST /jobs/v2/statuses.',
  },
  'rate.limited': {
    status: 429,
    message: 'Too many requests of this kind in a short time.',
    remedy: 'Repeat the request after the time in the Retry-After header, and send fewer.',
  },
  'internal.error': {
    status: 500,
    message: 'The service failed to handle the request.',
    remedy: 'Repeat the request; if it fails again, give the request id to the operator.',
  },
  'system.unreachable': {
    status: 502,
    message: 'The remote system could not be reached or refused the operation.',
    remedy: 'Look at the state of the system and repeat the request.',
  },
  'database.unavailable': {
    status: 503,
    message: 'The service cannot reach its database.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  'service.stopping': {
    status: 503,
    message: 'The service is shutting down.',
    remedy: 'Repeat the request after the time in the Retry-After header.',
  },
  'storage.full': {
    status: 507,
    message: 'There is no space left to store this.',
    remedy: 'Free some space or ask the operator; nothing was stored.',
  },
} as const satisfies Record<string, ErrorEntry>;

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
