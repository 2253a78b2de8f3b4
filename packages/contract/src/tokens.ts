import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { tokenIdSchema } from './ids.ts';
import { usernameSchema } from './profiles.ts';
import { integerBetween, line } from './scalars.ts';

/** Ten years: longer means "does not expire", which is said by leaving the lifetime out. */
const LONGEST_LIFETIME_SECONDS = 315_360_000;

/** A new token as given. */
export const tokenRequestSchema = z.object({
  name: line({ what: 'a name for the token', max: 64 }).describe('To recognise it by.'),
  username: usernameSchema.optional().describe('For whom. Only an administrator may name somebody else.'),
  lifetimeSeconds: integerBetween(1, LONGEST_LIFETIME_SECONDS)
    .optional()
    .describe('Default: it does not expire.'),
});

/** A new token, parsed. */
export type TokenRequest = z.output<typeof tokenRequestSchema>;

/** A token as listed: without the secret. */
export const tokenSchema = z.object({
  id: tokenIdSchema,
  username: z.string(),
  name: z.string(),
  created: timestampSchema,
  expires: timestampSchema.nullable(),
  _links: linksSchema('self'),
});

/** A token as listed. */
export type TokenView = z.infer<typeof tokenSchema>;

/** A token at its creation, the only time its secret is shown. */
export const createdTokenSchema = tokenSchema.extend({
  token: z.string().describe('The bearer token. It is shown once and stored only as a hash.'),
});

/** A token at its creation. */
export type CreatedToken = z.infer<typeof createdTokenSchema>;
