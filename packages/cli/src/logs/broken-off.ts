import { ApiFailure, UnreachableFailure } from '@arras/client';

/** The bytes of an answer stopped coming before its end. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';

  constructor(cause: unknown) {
    super('The connection was lost while output was read', { cause });
  }
}

/** True for failures that can go away by themselves. */
export function canPass(error: unknown): boolean {
  if (error instanceof BrokenOff || error instanceof UnreachableFailure) return true;
  if (!(error instanceof ApiFailure)) return false;
  // The file can be on its way to the archive between the look and the reading.
  const isMoving = error.code === 'output.not-found' || error.status === 416;
  return isMoving || error.status >= 500 || error.status === 429;
}
