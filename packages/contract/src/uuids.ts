import { z } from 'zod';
import { linkSchema } from './envelope.ts';

/** Uuids in one request. */
export const MAX_UUIDS = 100;

/** What a uuid names. */
export const uuidSchema = z.object({
  uuid: z.string(),
  type: z.string().describe('Such as JOB, APP, SYSTEM, FILE, NOTIFICATION, PROFILE, METADATA or SCHEMA.'),
  resource: z.unknown().optional().describe('With expand=true, what is at the address.'),
  _links: z.record(z.string(), linkSchema).describe('One link, named as the type in lower case.'),
});

/** What a uuid names. */
export type UuidView = z.infer<typeof uuidSchema>;
