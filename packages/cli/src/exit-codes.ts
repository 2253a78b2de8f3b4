import { ApiFailure, UnreachableFailure } from '@arras/client';
import { type JobStatus, STATUS_LOOKS } from '@arras/contract';

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
  error: 'the service answered with an error',
  usage: 'the command line cannot be understood',
  jobFailed: 'the job FAILED',
  forbidden: 'not signed in, or not allowed',
  jobStopped: 'the job was KILLED or STOPPED',
  notFound: 'there is no such job, system, app, user or file',
  unreachable: 'the service cannot be reached, after retries',
  timeout: 'the time of --timeout is up',
  interrupted: 'Ctrl-C; the job goes on',
} as const satisfies Record<keyof typeof EXIT, string>;

/** The code for a job's result; only for statuses at which a job ends. */
export function exitCodeOfStatus(status: JobStatus): ExitCode {
  const look = STATUS_LOOKS[status];
  if (look.class === 'ok') return EXIT.ok;
  return look.class === 'fail' ? EXIT.jobFailed : EXIT.jobStopped;
}

/** The code for something that went wrong. */
export function exitCodeOfFailure(failure: unknown): ExitCode {
  if (failure instanceof UnreachableFailure) return EXIT.unreachable;
  if (!(failure instanceof ApiFailure)) return EXIT.error;
  if (failure.status === 401 || failure.status === 403) return EXIT.forbidden;
  return failure.status === 404 ? EXIT.notFound : EXIT.error;
}

/** The code of several results: a failure tells more than a stop, a stop more than success. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [EXIT.interrupted, EXIT.timeout, EXIT.unreachable, EXIT.error, EXIT.jobFailed, EXIT.jobStopped];
  return order.find((code) => codes.includes(code)) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
