import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { tokenIdSchema } from './ids.ts';
import { usernameSchema } from './profiles.ts';
import { integerBetween, line, text } from './scalars.ts';
import { scopes, shownScopesSchema } from './scopes.ts';

/** Ten years: longer means "does not expire", which is said by leaving the lifetime out. */
export const LONGEST_LIFETIME_SECONDS = 315_360_000;

/** A new token as given. */
export const tokenRequestSchema = z.object({
  name: line({ what: 'a name for the token', max: 64 }).describe('To recognise it by.'),
  description: text({ what: 'a description', max: 1024 }).optional(),
  username: usernameSchema.optional().describe('For whom. Only an administrator may name somebody else.'),
  lifetimeSeconds: integerBetween(1, LONGEST_LIFETIME_SECONDS)
    .optional()
    .describe('Default: it does not expire, or with the token that asks for it.'),
  scopes: scopes()
    .optional()
    .describe('What it may be used for. Default: what the token that asks for it may be used for.'),
});

/** A new token, parsed. */
export type TokenRequest = z.output<typeof tokenRequestSchema>;

/**
 * How a token came to be: made by its user, granted to a client, held by a browser, signed by the OpenID
 * provider, or given to a program that its user approved in a browser.
 */
export const TOKEN_KINDS = ['personal', 'client', 'session', 'issued', 'device'] as const;

/** How a token came to be. */
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** A token as listed: without the secret. */
export const tokenSchema = z.object({
  id: tokenIdSchema,
  username: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  kind: z
    .enum(TOKEN_KINDS)
    .describe(
      'personal: made by its user; client: granted to a client; session: held by a browser; issued: signed by the OpenID provider; device: given to a program that its user approved in a browser.',
    ),
  scopes: shownScopesSchema,
  madeWith: z
    .string()
    .nullable()
    .describe(
      'Id of the token with which it was made, or the session begun: it is revoked with that; null: somebody was there in person, or a program was granted it.',
    ),
  created: timestampSchema,
  expires: timestampSchema.nullable(),
  lastUsed: timestampSchema
    .nullable()
    .describe('To the minute, of tokens of the kinds personal, session and device; null: not used yet.'),
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
