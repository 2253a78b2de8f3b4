// Without imports: the help must be there at once.

/** What the program ends with. `arras help exit-codes` prints this table. */
export const EXIT = {
  ok: 0,
  error: 1,
  usage: 2,
  jobFailed: 3,
  forbidden: 4,
  jobStopped: 5,
  notFound: 6,
  unreachable: 7,
  timeout: 124,
  interrupted: 130,
} as const;

/** A value of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The meaning of every code, for the help. */
export const EXIT_MEANINGS = {
  ok: 'all went well; a watched job is FINISHED',
  error: 'the service answered with an error; a test message did not arrive',
  usage: 'the command line cannot be understood',
  jobFailed: 'the job FAILED',
  forbidden: 'not signed in, or not allowed',
  jobStopped: 'the job was KILLED or STOPPED',
  notFound: 'there is no such job, subscription, system, app, user or file',
  unreachable: 'the service cannot be reached, after retries',
  timeout: 'the time of --timeout is up',
  interrupted: 'Ctrl-C; the job goes on',
} as const satisfies Record<keyof typeof EXIT, string>;
