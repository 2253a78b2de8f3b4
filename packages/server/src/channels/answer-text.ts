/** The most of an answer that is kept for the subscription's owner (R12). */
export const KEPT_BYTES = 1_024;

/** What the other side said, fit to be stored and shown: at most 1 KiB, without control characters but line ends. */
export function cleanAnswer(text: string): string {
  const clean = withoutControls(text.slice(0, KEPT_BYTES)).trimEnd();
  let bytes = Buffer.from(clean);
  // A character of several bytes may have made it longer than the limit; a cut one at the end is dropped.
  if (bytes.length > KEPT_BYTES) bytes = bytes.subarray(0, KEPT_BYTES);
  return bytes.toString('utf8').replace(/\u{fffd}+$/u, '');
}

/** A text without control characters but line ends and tabs. */
export function withoutControls(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '');
}
