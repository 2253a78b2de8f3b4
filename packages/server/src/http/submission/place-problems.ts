import { ApiError, type FieldProblem } from '@arras/contract';
import { JobFault } from '../../domain/failure.ts';
import { StorageError } from '../../storage/storage.ts';

/** What keeps a job from using a place, and which answer that means. */
export interface PlaceProblem extends FieldProblem {
  readonly code: 'request.invalid' | 'system.unavailable' | 'input.not-permitted';
}

/** Where several kinds of problem meet, what the user can put right alone decides the answer. */
const BY_WEIGHT = ['request.invalid', 'system.unavailable', 'input.not-permitted'] as const;

/** Refuses the request when there are problems, all of them in one answer. */
export function refusePlaces(problems: readonly PlaceProblem[]): void {
  const code = BY_WEIGHT.find((one) => problems.some((problem) => problem.code === one));
  if (code === undefined) return;
  throw new ApiError(code, { problems: problems.map(({ field, message }) => ({ field, message })) });
}

/** Turns what a storage threw into a problem with the field; throws on what is no trouble of that place. */
export function toPlaceProblem(field: string, error: unknown): PlaceProblem {
  if (error instanceof JobFault) return { field, code: 'system.unavailable', message: error.message };
  if (!(error instanceof StorageError)) throw error;
  if (error.code === 'forbidden') return { field, code: 'input.not-permitted', message: error.message };
  const cannotBeAsked = ['unreachable', 'unavailable', 'unsupported'].includes(error.code);
  return { field, code: cannotBeAsked ? 'system.unavailable' : 'request.invalid', message: error.message };
}
