/**
 * Words by which programs, shells and schedulers say that something went wrong, such as `Traceback (most recent call
 * last):`, `slurmstepd: error: Detected 1 oom_kill event` and `MPI_ABORT was invoked`.
 */
const ERROR_WORDS =
  /\b(?:errors?|fatal|exceptions?|traceback|panic(?:ked)?|abort(?:ed)?|mpi_abort|segmentation fault|core dumped|out of memory|oom[-_]kill\w*|killed|no such file|permission denied|command not found|assertion|failed|failure)\b/i;

/** Sentences in which such a word means that nothing went wrong. */
const NO_ERROR =
  /\b(?:0|no|without)\s+(?:errors?|failures?|failed)\b|\b(?:errors?|failed|failures?)\s*[:=]\s*0\b/i;

/** True for a line that says that something went wrong. */
export function isErrorLine(text: string): boolean {
  return ERROR_WORDS.test(text) && !NO_ERROR.test(text);
}
