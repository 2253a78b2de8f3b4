import { relative, sep } from 'node:path';

/** What lies there checks promises: a failure that does not repeat is the kind it looks for. */
const PROMISES = ['faults', 'regressions'];

/**
 * Whether files that failed are run once more by themselves: a few may have failed because others had the machine, many
 * have not, and of those that check promises a single failure counts.
 *
 * @param failed Their absolute paths; none where a run failed without naming a file.
 * @param limit How many at most.
 */
export function mayRunAgain(failed: readonly string[], limit: number): boolean {
  return failed.length > 0 && failed.length <= limit && !failed.some(checksPromises);
}

function checksPromises(file: string): boolean {
  const [folder = ''] = relative(import.meta.dirname, file).split(sep);
  return PROMISES.includes(folder);
}
