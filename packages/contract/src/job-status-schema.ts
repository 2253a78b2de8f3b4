import { z } from 'zod';
import { JOB_STATUSES, type JobStatus } from './events.ts';

/** A status that a job can have. */
export const jobStatusSchema = z.enum(JOB_STATUSES as [JobStatus, ...JobStatus[]]);
