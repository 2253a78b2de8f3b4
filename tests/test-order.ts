/**
 * The order in which a run takes the test files. Those of faults, which take longest and mostly wait, are spread
 * evenly among the others that start services, which mostly work; those beside the sources take a moment each and
 * come last, so that no long one runs alone at the end.
 */
export function orderTestFiles(files: readonly string[]): readonly string[] {
  const sorted = [...files].sort();
  const [small, large] = partition(sorted, (file) => file.startsWith('packages/'));
  const [waiting, working] = partition(large, (file) => file.startsWith('tests/faults/'));
  return [...spread(waiting, working), ...small];
}

/** Puts `some` among `others` at even distances, beginning with one of them; the order of either is kept. */
function spread(some: readonly string[], others: readonly string[]): readonly string[] {
  const place = (list: readonly string[], offset: number) =>
    list.map((file, index) => ({ file, at: (index + offset) / list.length }));
  return [...place(some, 0), ...place(others, 0.5)].sort((a, b) => a.at - b.at).map(({ file }) => file);
}

function partition(
  files: readonly string[],
  belongs: (file: string) => boolean,
): readonly [readonly string[], readonly string[]] {
  return [files.filter(belongs), files.filter((file) => !belongs(file))];
}
