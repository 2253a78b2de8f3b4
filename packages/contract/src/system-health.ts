import { z } from 'zod';
import { timestampSchema } from './envelope.ts';

/** What of a system is used apart from the rest of it: the way in, the scheduler, and the files. */
export const SYSTEM_PARTS = ['login', 'scheduler', 'storage'] as const;
/** A part of a system. */
export type SystemPart = (typeof SYSTEM_PARTS)[number];

/** How a part answers, from good to bad. `degraded`: the last uses failed, but too few of them to call it down. */
export const HEALTH_STATUSES = ['ok', 'degraded', 'down'] as const;
/** How a part answers. */
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

const latency = z
  .number()
  .nullable()
  .describe('Milliseconds within which 95 of 100 of its last uses were answered; null: not measured yet.');

/** How one part of a system answers, as the work on it and checks have found. */
export const partHealthSchema = z.object({
  part: z.enum(SYSTEM_PARTS),
  status: z.enum(HEALTH_STATUSES),
  since: timestampSchema.describe('Since when it is so.'),
  reason: z.string().nullable().describe('Of the last failure; null while it answers.'),
  lastCheck: timestampSchema.describe('When it was last used or checked.'),
  lastOk: timestampSchema.nullable().describe('When it last answered; null: it never has.'),
  nextCheck: timestampSchema
    .nullable()
    .describe('When the service looks at it next by itself; null: at its next use.'),
  latencyP95: latency,
  measured: z.int().describe('Uses that latencyP95 is made of: the last ones, at most 200.'),
});

/** How one part of a system answers. */
export type PartHealth = z.infer<typeof partHealthSchema>;

/** How a system answers: as its worst part does. */
export const systemHealthSchema = z.object({
  status: z.enum([...HEALTH_STATUSES, 'unknown']).describe('unknown: nothing of it was used or checked yet.'),
  since: timestampSchema.nullable(),
  latencyP95: latency.describe('That of the slowest part, in milliseconds; null: not measured yet.'),
  parts: z.array(partHealthSchema).describe('Those that were used or checked: login, scheduler, storage.'),
});

/** How a system answers. */
export type SystemHealthView = z.infer<typeof systemHealthSchema>;
