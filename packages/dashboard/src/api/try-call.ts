import { noteFailure } from '../session/session.ts';
import { sayFailure } from '../ui/toasts.tsx';
import { ApiFailure } from './api-failure.ts';

/** Does something that somebody has asked for. A refusal is said at the edge of the page, and the answer is null. */
export async function tryCall<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    noteFailure(error);
    sayFailure(error);
    return null;
  }
}
