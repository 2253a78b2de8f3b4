import { z } from 'zod';

/** The process answers. */
export const livenessSchema = z.object({ status: z.literal('live') });

/** Whether the service can do its work, and what of it is missing. */
export const readinessSchema = z.object({
  status: z.enum(['ready', 'unready']),
  checks: z.record(z.string(), z.string()).describe('Each check with "ok" or what is wrong.'),
});

/** Whether the service can do its work. */
export type Readiness = z.infer<typeof readinessSchema>;

/** An OpenAPI document. */
export const openApiDocumentSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.unknown()),
});
