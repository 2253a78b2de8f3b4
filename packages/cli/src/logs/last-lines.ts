const LINE_FEED = 0x0a;

/** Read at a time, from the end of the file backwards. */
const PIECE = 65_536;

/** Bytes of a file, from `start` up to and without `end`. */
export type ReadPart = (start: number, end: number) => Promise<Uint8Array>;

/** Where the last lines of a file begin, in bytes; reads no more of it than they take. */
export async function findLastLines(
  read: ReadPart,
  { length, lines }: { readonly length: number; readonly lines: number },
): Promise<number> {
  if (lines === 0) return length;
  let found = 0;
  for (let end = length; end > 0; end -= PIECE) {
    const start = Math.max(0, end - PIECE);
    const bytes = await read(start, end);
    for (let index = bytes.length - 1; index >= 0; index--) {
      // The last line feed ends the last line and begins none.
      if (bytes[index] !== LINE_FEED || start + index === length - 1) continue;
      found += 1;
      if (found === lines) return start + index + 1;
    }
  }
  return 0;
}
