import { z } from 'zod';
import { linksSchema, timestampSchema } from './envelope.ts';
import { line, text } from './scalars.ts';

// Programs that sign in for users as OAuth 2.0 clients (RFC 6749), in the form of the original (spec: conventions 2).

/** Seconds for which an access token of a client counts: what the original gave. */
export const ACCESS_TOKEN_SECONDS = 14_400;

const CLIENT_NAME = /^[0-9A-Za-z_][0-9A-Za-z_.-]*$/;

/** A new client as given. */
export const clientRequestSchema = z.object({
  clientName: line({
    what: 'a name for the client',
    max: 64,
    pattern: CLIENT_NAME,
    hint: 'of letters, digits and . _ -',
  }),
  description: text({ what: 'a description', max: 4096 }).nullish(),
  callbackUrl: line({ what: 'a URL', max: 1024, min: 0 }).nullish(),
  tier: line({ what: 'a tier', max: 32, min: 0 })
    .nullish()
    .describe('Accepted and shown; there are no tiers.'),
});

/** A new client, parsed. */
export type ClientRequest = z.output<typeof clientRequestSchema>;

/** A client as shown. */
export const clientSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  consumerKey: z.string(),
  callbackUrl: z.string().nullable(),
  tier: z.string(),
  created: timestampSchema,
  _links: linksSchema('self', 'subscriber', 'subscriptions'),
});

/** A client as shown. */
export type ClientView = z.infer<typeof clientSchema>;

/** A client at its creation, the only time its secret is shown. */
export const createdClientSchema = clientSchema.extend({
  consumerSecret: z.string().describe('Shown once and stored only as a hash.'),
});

/** A client at its creation. */
export type CreatedClient = z.infer<typeof createdClientSchema>;

/** What a client may use: here every client may use everything that its user may. */
export const clientSubscriptionSchema = z.object({
  name: z.string(),
  version: z.string(),
  provider: z.string(),
  status: z.literal('UNBLOCKED'),
  tier: z.string(),
  _links: linksSchema('self'),
});

/** What a client may use. */
export type ClientSubscription = z.infer<typeof clientSubscriptionSchema>;

const field = (what: string) =>
  z
    .string({ error: `expected ${what} as text` })
    .max(4096)
    .optional();

/** A request for tokens (RFC 6749 sections 4 and 6). Which fields are needed depends on the grant. */
export const tokenGrantSchema = z.object({
  grant_type: field('the kind of grant').describe(
    'password, refresh_token, client_credentials, admin_password, or urn:ietf:params:oauth:grant-type:device_code.',
  ),
  username: field('the name of a user'),
  password: field('a password'),
  refresh_token: field('a refresh token'),
  token_username: field('the name of a user').describe('With admin_password: for whom the token is.'),
  device_code: field('a device code').describe('What POST /tokens/v2/device has answered.'),
  scope: field('a scope').describe('Accepted and given back; only sign-ins of devices have scopes.'),
  client_id: field('a consumer key').describe('Where the header does not name the client.'),
  client_secret: field('a consumer secret'),
});

/** A request for tokens, parsed. */
export type TokenGrant = z.output<typeof tokenGrantSchema>;

/** Tokens that were granted (RFC 6749 section 5.1). */
export const grantedTokensSchema = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional().describe('Only with password and refresh_token.'),
  expires_in: z.int().describe('Seconds.'),
  token_type: z.literal('bearer'),
  scope: z.string(),
});

/** Tokens that were granted. */
export type GrantedTokens = z.infer<typeof grantedTokensSchema>;

/** Why no tokens were granted (RFC 6749 section 5.2, RFC 8628 section 3.5). */
export const grantErrorSchema = z.object({
  error: z.enum([
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unsupported_grant_type',
    'unauthorized_client',
    'slow_down',
    'invalid_scope',
    'authorization_pending',
    'access_denied',
    'expired_token',
  ]),
  error_description: z.string(),
});

/** Why no tokens were granted. */
export type GrantError = z.infer<typeof grantErrorSchema>;

/** A tenant: this deployment is one. */
export const tenantSchema = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  baseUrl: z.string().describe('Ends in a slash: existing clients put paths directly behind it.'),
  status: z.literal('LIVE'),
  contact: z.array(z.object({ name: z.string(), email: z.string(), type: z.string() })),
  _links: linksSchema('self'),
});

/** A tenant. */
export type TenantView = z.infer<typeof tenantSchema>;
