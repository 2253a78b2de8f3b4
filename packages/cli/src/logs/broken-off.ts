import { ApiFailure } from '@arras/client';

/** The bytes of an answer stopped coming before its end. */
export class BrokenOff extends Error {
  override readonly name = 'BrokenOff';

  constructor(cause: unknown) {
    super('The connection was lost while output was read', { cause });
  }
}

/** True when the same bytes may be had by asking again. */
export function mayComeAgain(error: unknown): boolean {
  if (error instanceof BrokenOff) return true;
  // The file can be on its way to the archive between the look and the reading.
  return error instanceof ApiFailure && (error.code === 'output.not-found' || error.status === 416);
}
