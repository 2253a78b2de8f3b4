/** What is seen of a long list; lengths in CSS pixels. */
export interface Viewport {
  readonly scrollTop: number;
  readonly height: number;
}

/** Rows from `first` up to, without, `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** Rows drawn above and below those that are seen: scrolling by a wheel's notch shows none that are missing. */
const OVERSCAN = 8;

/**
 * The rows to draw of a list whose rows are equally high: those that are seen and a few around them. The range is never
 * outside the list, also when the list has become shorter than where it was scrolled to.
 */
export function findVisibleRows(
  { scrollTop, height }: Viewport,
  { count, rowHeight }: { readonly count: number; readonly rowHeight: number },
): RowRange {
  const seenFirst = Math.floor(Math.max(0, scrollTop) / rowHeight);
  const seenEnd = Math.ceil((Math.max(0, scrollTop) + height) / rowHeight);
  const end = Math.min(count, seenEnd + OVERSCAN);
  const first = Math.max(0, Math.min(seenFirst - OVERSCAN, end - (seenEnd - seenFirst) - OVERSCAN));
  return { first, end };
}

/** Where to scroll so that a row is seen whole; null when it is. */
export function findScrollFor(
  index: number,
  { scrollTop, height }: Viewport,
  rowHeight: number,
): number | null {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  const bottom = top + rowHeight;
  return bottom > scrollTop + height ? bottom - height : null;
}
