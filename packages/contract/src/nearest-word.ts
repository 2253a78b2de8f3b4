/** Longest word that is compared: the work grows with the square of the length, and no id of ours is longer. */
const MAX_LENGTH = 80;

/**
 * The candidate a mistyped word most probably means: without regard to case at most two edits away, or one for
 * words of up to four characters; null when there is none.
 */
export function findNearestWord(word: string, candidates: readonly string[]): string | null {
  if (word.length > MAX_LENGTH) return null;
  const allowed = word.length <= 4 ? 1 : 2;
  const ranked = candidates
    .filter((candidate) => Math.abs(candidate.length - word.length) <= allowed)
    .map((candidate) => ({ candidate, edits: countEdits(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= allowed)
    .toSorted((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate ?? null;
}

/** `; did you mean "width"?`, or nothing: the end of a sentence about an unknown word. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const nearest = findNearestWord(word, candidates);
  return nearest === null ? '' : `; did you mean "${nearest}"?`;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), one row at a time. */
function countEdits(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next[j] = Math.min(
        at(row, j) + 1,
        at(next, j - 1) + 1,
        at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
