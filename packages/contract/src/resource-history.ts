import { z } from 'zod';
import { timestampSchema } from './envelope.ts';
import { appEventIdSchema, systemEventIdSchema } from './ids.ts';

const shared = {
  status: z.string().describe('The event.'),
  created: timestampSchema,
  createdBy: z.string(),
  description: z.string(),
  seq: z.int().describe('Number of the event among those of its resource.'),
};

/** One entry of an app's history. */
export const appHistoryEntrySchema = z.object({ id: appEventIdSchema, ...shared });

/** One entry of an app's history. */
export type AppHistoryEntry = z.infer<typeof appHistoryEntrySchema>;

/** One entry of a system's history. */
export const systemHistoryEntrySchema = z.object({ id: systemEventIdSchema, ...shared });

/** One entry of a system's history. */
export type SystemHistoryEntry = z.infer<typeof systemHistoryEntrySchema>;
