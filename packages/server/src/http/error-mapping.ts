import { ApiError, type ErrorCode } from '@arras/contract';
import { type DatabaseTrouble, findDatabaseTrouble } from '../database/trouble.ts';
import { JobFault } from '../domain/failure.ts';
import { StorageError } from '../storage/storage.ts';

/** What the caller is told about anything thrown while a request was handled. Nothing internal leaks. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // The server first: a caller that leaves resets its connection, just as a database does.
  const known = fromServer(error) ?? fromDatabase(error) ?? fromTargets(error);
  return known ?? new ApiError('internal.error', { cause: error });
}

/** Seconds after which the same request may succeed; null where waiting does not help. */
export function retryAfterSeconds(code: ErrorCode): number | null {
  const seconds: Partial<Record<ErrorCode, number>> = {
    'idempotency.in-progress': 1,
    'rate.limited': 10,
    'stream.too-many': 30,
    'wait.too-many': 5,
    'auth.issuer-unreachable': 5,
    'database.unavailable': 5,
    'service.stopping': 5,
  };
  return seconds[code] ?? null;
}

const FROM_TROUBLE = {
  unavailable: { code: 'database.unavailable' },
  contended: {
    code: 'database.unavailable',
    message: 'The record is being changed by others at the same time; repeat the request.',
  },
  full: { code: 'storage.full' },
  taken: { code: 'conflict' },
} as const satisfies Record<DatabaseTrouble, { code: ErrorCode; message?: string }>;

function fromDatabase(error: unknown): ApiError | null {
  const trouble = findDatabaseTrouble(error);
  if (trouble === null) return null;
  const { code, ...more } = FROM_TROUBLE[trouble];
  return new ApiError(code, { ...more, cause: error });
}

/** What handlers did not translate themselves: a system that cannot be used or reached. */
function fromTargets(error: unknown): ApiError | null {
  if (error instanceof JobFault)
    return new ApiError('system.unavailable', { message: sentence(error.message), cause: error });
  if (!(error instanceof StorageError)) return null;
  if (error.code === 'unreachable') return new ApiError('system.unreachable', { cause: error });
  return error.code === 'no-space' ? new ApiError('storage.full', { cause: error }) : null;
}

/** Errors of the HTTP server itself: https://fastify.dev/docs/latest/Reference/Errors/ */
const FROM_SERVER: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_BAD_URL: 'request.not-utf8',
  FST_ERR_MAX_PARAM_LENGTH: 'route.not-found',
};

function fromServer(error: unknown): ApiError | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? FROM_SERVER[String(error.code)] : undefined;
  if (code !== undefined) return new ApiError(code, { cause: error });
  const status = 'statusCode' in error ? Number(error.statusCode) : 500;
  return status >= 400 && status < 500 ? new ApiError('request.failed', { cause: error }) : null;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
