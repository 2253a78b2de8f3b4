import { UnusableTemplate } from './wrapper-template.ts';

/**
 * Decides once which failures are worth another try. `permanent`: the same request would fail again, so the
 * job fails at once with the reason. `temporary`: something around the job is in trouble. `unreachable`: its system
 * does not answer, which is no fault of the job and costs it no attempt (P7).
 */
export type Failure = {
  readonly retry: 'permanent' | 'temporary' | 'unreachable';
  /** A sentence for the job's owner. */
  readonly reason: string;
};

const PERMANENT_STORAGE_CODES: ReadonlySet<string> = new Set([
  'not-found',
  'forbidden',
  'not-a-file',
  'not-a-directory',
  'unsupported',
]);

/** Classifies anything thrown while data was moved or a program was prepared. */
export function classifyFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { retry: 'temporary', reason: String(error) };
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && PERMANENT_STORAGE_CODES.has(code)) {
    return { retry: 'permanent', reason: error.message };
  }
  if (error instanceof JobFault || error instanceof UnusableTemplate) {
    return { retry: 'permanent', reason: error.message };
  }
  return { retry: isUnreachable(error) ? 'unreachable' : 'temporary', reason: error.message };
}

/** Whether a shell or a storage could not be asked: nothing is known about what was asked of it. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'unreachable';
}

/** A job that cannot run as it stands, for a reason its owner can understand and act on. */
export class JobFault extends Error {
  override readonly name = 'JobFault';
}
