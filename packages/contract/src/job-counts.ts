import { z } from 'zod';
import { jobStatusSchema } from './job-status-schema.ts';

/** Jobs that are counted at most: as many are counted in some 30 ms. */
export const MAX_COUNTED_JOBS = 100_000;

/** How many jobs a listing has, by status. */
export const jobCountsSchema = z.object({
  total: z.int().describe(`Jobs that were counted, at most ${MAX_COUNTED_JOBS}.`),
  complete: z.boolean().describe('False: there are more, and the numbers are those of the ones counted.'),
  statuses: z
    .array(z.object({ status: jobStatusSchema, count: z.int().positive() }))
    .describe('In the order in which a job passes them; those of no job are left out.'),
});

/** How many jobs a listing has, by status. */
export type JobCounts = z.infer<typeof jobCountsSchema>;
