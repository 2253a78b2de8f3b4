/** Whether an error carries one of these codes of the operating system (ENOENT) or of PostgreSQL (57P03). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** Whether a file-system call failed because there is nothing under that name. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT');
}
