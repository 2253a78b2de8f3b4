import { ApiError, type ErrorCode } from '@arras/contract';
import { StorageError, type StorageErrorCode } from '../../storage/storage.ts';

/** What the caller is told when a storage cannot do what was asked; null: as of any other system. */
const CODES = {
  'not-found': 'file.not-found',
  forbidden: 'file.not-permitted',
  exists: 'file.exists',
  'not-a-file': 'file.is-a-directory',
  'not-a-directory': 'file.not-a-directory',
  unsupported: 'file.unsupported',
  changed: 'conflict',
  corrupt: 'system.unreachable',
  unavailable: 'system.unreachable',
  'no-space': null,
  unreachable: null,
} as const satisfies Record<StorageErrorCode, ErrorCode | null>;

/** Runs what needs a storage; what it refuses becomes an ApiError with its sentence. */
export async function onStorage<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toRefusal(error) ?? error;
  }
}

/** The refusal of a storage as the caller is told of it; null for everything else. */
export function toRefusal(error: unknown): ApiError | null {
  if (!(error instanceof StorageError)) return null;
  const code = CODES[error.code];
  if (code === null) return null;
  const text = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
  return new ApiError(code, { message: text, cause: error });
}
