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

/** Levenshtein's distance, one row at a time. */
function countEdits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const substituted = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, substituted));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
