import { HISTORY_TEXTS } from '@arras/contract';
import type { JobRow } from '../database/tables.ts';
import type { Move } from '../events/transition.ts';

/** Whether there is nothing to bring to the job's target before its program can be prepared. */
export function hasNoInputs(job: Pick<JobRow, 'inputs'>): boolean {
  return Object.values(job.inputs).every((uris) => uris.length === 0);
}

/** The moves of a job without inputs from PENDING to STAGED: nothing has to happen between them. */
export function skipStaging(attempt: number): readonly [Move, ...Move[]] {
  return [
    { to: 'PROCESSING_INPUTS', description: HISTORY_TEXTS.stagingAttempt(attempt) },
    { to: 'PROCESSING_INPUTS', description: HISTORY_TEXTS.identifyingInputs },
    { to: 'STAGED', description: 'The job has no inputs: staging is skipped.' },
  ];
}
