import { z } from 'zod';

/** Headers of every download: which part of which version (RFC 9110 sections 14.2 and 13.1.5). */
export const rangeHeadersSchema = z.object({
  range: z.string().optional().describe('Such as bytes=0-1023 or bytes=1024-.'),
  'if-range': z
    .string()
    .optional()
    .describe('The Last-Modified of an earlier answer: if the file has changed since, all of it is sent.'),
});
