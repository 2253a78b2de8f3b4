import { z } from 'zod';

/** ISO 8601 with milliseconds and offset, such as `2018-01-26T15:08:02.000-06:00` (the guide's form). */
export const timestampSchema = z.iso
  .datetime({ offset: true, precision: 3 })
  .describe('ISO 8601 with milliseconds and offset.');

/** A hypermedia link with an absolute URL. */
export const linkSchema = z.object({ href: z.url() });

/** Links by relation. */
export type Link = z.infer<typeof linkSchema>;

/** Schema of `_links` with exactly these relations. */
export function linksSchema<const Relation extends string>(...relations: readonly Relation[]) {
  return z.object(
    Object.fromEntries(relations.map((relation) => [relation, linkSchema])) as Record<
      Relation,
      typeof linkSchema
    >,
  );
}

/**
 * What every enveloped success looks like. `result` is left out when there is no payload, and a list is always an
 * array (DECISIONS: "result").
 */
export interface SuccessEnvelope<Result> {
  readonly status: 'success';
  readonly message: string | null;
  /** Version and build, such as `2.4.9-r1a2b3c4`. Always a string: existing clients choose their models by it. */
  readonly version: string;
  readonly result?: Result;
}

/** Schema of the envelope around one kind of result; null for a success without a result. */
export function successEnvelopeSchema<Result extends z.ZodType>(result: Result) {
  return z.object({
    status: z.literal('success'),
    message: z.string().nullable(),
    version: z.string(),
    result,
  });
}

/** Media type of every enveloped answer. */
export const JSON_MEDIA_TYPE = 'application/json; charset=UTF-8';
