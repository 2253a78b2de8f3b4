import { ApiFailure, UnreachableFailure } from '@arras/client';
import { type JobStatus, STATUS_LOOKS } from '@arras/contract';
import { EXIT, type ExitCode } from './exit-codes.ts';

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
  const order: readonly ExitCode[] = [
    EXIT.interrupted,
    EXIT.timeout,
    EXIT.unreachable,
    EXIT.error,
    EXIT.jobFailed,
    EXIT.jobStopped,
  ];
  return order.find((code) => codes.includes(code)) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok;
}
