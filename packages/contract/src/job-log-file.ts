/** Which of a job's two logs: its standard output, or its standard error. */
export type JobLog = 'out' | 'err';

/**
 * The file of a log among the entries of a job's directory; undefined while there is none. Its name is
 * `SLUG-ID.out`, with the slug of the job's name, or `ID.out` where nothing is left of the name (spec: clients,
 * "jobs outputs logs").
 */
export function findJobLog<Entry extends { readonly name: string }>(
  entries: readonly Entry[],
  jobId: string,
  log: JobLog,
): Entry | undefined {
  const short = `${jobId}.${log}`;
  return entries.find(({ name }) => name === short || name.endsWith(`-${short}`));
}
