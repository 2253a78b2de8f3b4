/** What conditional requests compare (RFC 9110 section 8.8). */
export interface FileVersion {
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** The request headers that make a request conditional. */
export interface Conditions {
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-modified-since'?: string | undefined;
  readonly 'if-range'?: string | undefined;
}

/** A weak tag: size and time cannot tell two writes within one tick of the file system's clock apart. */
export function entityTagOf({ sizeBytes, modifiedAt }: FileVersion): string {
  return `W/"${sizeBytes.toString(16)}-${modifiedAt.getTime().toString(16)}"`;
}

/**
 * The first of our tags that an If-None-Match header names, null when it names none. Weak and strong forms of a tag are
 * the same here (RFC 9110 section 13.1.2), and `*` names the first. None of our tags contains a comma.
 */
export function findNamedTag(ifNoneMatch: string, own: readonly string[]): string | null {
  const named = ifNoneMatch.split(',').map(strengthen);
  if (named.includes('*')) return own[0] ?? null;
  return own.find((tag) => named.includes(strengthen(tag))) ?? null;
}

function strengthen(tag: string): string {
  const trimmed = tag.trim();
  return trimmed.startsWith('W/') ? trimmed.slice(2) : trimmed;
}

/** Whether the caller's copy is still good. If-None-Match decides alone when it is there (RFC 9110 section 13.2.2). */
export function isNotModified(conditions: Conditions, file: FileVersion): boolean {
  const tags = conditions['if-none-match'];
  if (tags !== undefined) return findNamedTag(tags, [entityTagOf(file)]) !== null;
  const since = Date.parse(conditions['if-modified-since'] ?? '');
  return !Number.isNaN(since) && wholeSeconds(file.modifiedAt) <= since;
}

/**
 * Whether a range continues the version the caller has a part of. Our tags are weak, and a weak one never holds
 * here (RFC 9110 section 13.1.5); the exact time does.
 */
export function canContinue(conditions: Conditions, file: FileVersion): boolean {
  const condition = conditions['if-range'];
  return condition === undefined || Date.parse(condition) === wholeSeconds(file.modifiedAt);
}

/** HTTP dates have no fractions of a second. */
function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000) * 1000;
}
