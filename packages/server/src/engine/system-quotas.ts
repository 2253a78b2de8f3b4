import type { JobRow } from '../database/tables.ts';
import type { Quotas } from '../domain/quotas.ts';
import type { ExecutionSystemDefinition } from './targets.ts';

/** The quotas that a job is subject to on its system. */
export function quotasOf(definition: ExecutionSystemDefinition, job: Pick<JobRow, 'batch_queue'>): Quotas {
  const queue = definition.queues.find(({ name }) => name === job.batch_queue);
  return {
    maxSystemJobs: definition.maxSystemJobs,
    maxSystemJobsPerUser: definition.maxSystemJobsPerUser,
    maxJobs: queue?.maxJobs ?? null,
    maxUserJobs: queue?.maxUserJobs ?? null,
  };
}
