import { z } from 'zod';
import { timestampSchema } from './envelope.ts';
import { word } from './scalars.ts';
import { shownScopesSchema } from './scopes.ts';

// Signing in on machines without a browser: OAuth 2.0 Device Authorization Grant (RFC 8628).

/** The grant with which a program asks whether its code was approved (RFC 8628 section 3.4). */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const field = (what: string, max: number) =>
  z
    .string({ error: `expected ${what} as text` })
    .max(max)
    .optional();

/** A program that wants to sign in (RFC 8628 section 3.1). What is missing is said in the form of OAuth. */
export const deviceRequestSchema = z.object({
  client_id: field('what the program calls itself', 4096).describe(
    'What the program calls itself, such as arras on login1: people are asked whether they began this. At most 64 characters.',
  ),
  scope: field('scopes', 4096).describe(
    'What the token is to be used for, such as jobs:write files:read. Default: everything that the user may do.',
  ),
  lifetime: z
    .union([z.string().max(16), z.number()], { error: 'expected a number of seconds' })
    .optional()
    .describe('Seconds for which the token is to last. Default: 90 days.'),
});

/** A program that wants to sign in, parsed. */
export type DeviceRequest = z.output<typeof deviceRequestSchema>;

/** What the program shows, and asks with (RFC 8628 section 3.2). */
export const deviceCodesSchema = z.object({
  device_code: z.string().describe('What the program asks with. It is secret.'),
  user_code: z.string().describe('What the user sees on both machines.'),
  verification_uri: z.url().describe('The page on which the user types the code.'),
  verification_uri_complete: z.url().describe('The same page with the code in it.'),
  expires_in: z.int().describe('Seconds for which the codes count.'),
  interval: z.int().describe('Seconds to wait between two questions.'),
});

/** What the program shows, and asks with. */
export type DeviceCodes = z.infer<typeof deviceCodesSchema>;

/** A program that waits to be signed in, as the user sees it who is to approve. */
export const deviceSignInSchema = z.object({
  userCode: z.string(),
  client: z.string().describe('What the program calls itself: it could call itself anything.'),
  address: z.string().describe('Where it asked from.'),
  scopes: shownScopesSchema,
  lifetimeSeconds: z.int().describe('How long the token would last.'),
  created: timestampSchema,
  expires: timestampSchema.describe('When the code ends.'),
});

/** A program that waits to be signed in. */
export type DeviceSignInView = z.infer<typeof deviceSignInSchema>;

/** What the user says to it. */
export const deviceDecisionSchema = z.object({
  decision: word(['APPROVE', 'REFUSE']).describe('APPROVE gives the program a token that acts for you.'),
});

/** What the user says to it, parsed. */
export type DeviceDecision = z.output<typeof deviceDecisionSchema>;
