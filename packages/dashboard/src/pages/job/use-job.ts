import type { JobView } from '@arras/contract';
import type { ApiFailure } from '../../api/api-failure.ts';
import { call } from '../../api/call.ts';
import { jobSignal, putJobs } from '../../store/jobs.ts';
import { isFull } from '../../store/stored-job.ts';
import { useCall } from '../../store/use-call.ts';

/** A job as its page knows it. */
export interface JobState {
  /** The newest state; null while it is not read, and when it is gone. */
  readonly job: JobView | null;
  readonly isLoading: boolean;
  readonly failure: ApiFailure | null;
  readonly refresh: () => void;
}

/** Reads a job; from then on the stream keeps it fresh. */
export function useJob(id: string): JobState {
  const { state, refresh } = useCall(
    async (signal) => {
      const read = await call('showJob', { params: { id }, signal });
      putJobs([read]);
      return read;
    },
    [id],
  );
  const stored = jobSignal(id).value;
  const links = state.value?._links;
  const job = stored !== null && isFull(stored) && links !== undefined ? { ...stored, _links: links } : null;
  return { job, isLoading: state.kind === 'loading', failure: state.failure, refresh };
}
