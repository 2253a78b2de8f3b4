import { z } from 'zod';
import { timestampSchema } from './envelope.ts';

const seconds = (what: string) => z.number().min(0).describe(`Seconds ${what}; 0: there is none.`);

/** The tasks of one kind in the queue. */
export const taskLoadSchema = z.object({
  task: z.string().describe('What is to be done, such as stage, submit, monitor or archive.'),
  due: z.int().describe('That wait for a worker now.'),
  later: z.int().describe('That are to be done later.'),
  running: z.int().describe('That a worker has in hand.'),
  retries: z.int().describe('Of all these, that failed before.'),
  oldestDue: seconds('for which the oldest of those due has waited for a worker'),
});

/** The tasks of one kind in the queue. */
export type TaskLoad = z.infer<typeof taskLoadSchema>;

/** Open streams by what they are about: one job, many, or a file that is followed. */
export const streamLoadSchema = z.object({ job: z.int(), jobs: z.int(), file: z.int() });

/** A process of the service. */
export const replicaLoadSchema = z.object({
  id: z.string(),
  roles: z.array(z.string()),
  started: timestampSchema,
  lastSeen: timestampSchema.describe('Its last heartbeat; they come every three seconds.'),
  isAlive: z.boolean().describe('false: it has been silent for so long that others take its work over.'),
  leases: z.int().describe('Jobs that it has in hand.'),
  streams: streamLoadSchema,
});

/** A process of the service. */
export type ReplicaLoad = z.infer<typeof replicaLoadSchema>;

/** What the service has in hand, and whether it keeps up. */
export const serviceLoadSchema = z.object({
  time: timestampSchema.describe('As of when these numbers are.'),
  workerLag: seconds('for which the oldest due task of any kind has waited for a worker'),
  tasks: z.array(taskLoadSchema),
  retries: z
    .object({
      tasks: z.int().describe('Tasks in the queue that failed before.'),
      jobs: z.int().describe('Jobs that have not ended and whose last work failed unexpectedly.'),
      deliveries: z.int().describe('Deliveries that were tried and wait for their next attempt.'),
    })
    .describe('What is being tried again.'),
  leases: z.int().describe('Jobs that some process has in hand.'),
  replicas: z.array(replicaLoadSchema),
  deliveries: z.object({
    pending: z.int(),
    parked: z.int().describe('Given up, and kept for a replay.'),
    oldestPending: seconds('since the event of the oldest pending delivery'),
  }),
  streams: streamLoadSchema.describe('Those of all processes together.'),
});

/** What the service has in hand, and whether it keeps up. */
export type ServiceLoad = z.infer<typeof serviceLoadSchema>;
