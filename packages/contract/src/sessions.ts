import { z } from 'zod';
import { timestampSchema } from './envelope.ts';
import { secret } from './scalars.ts';
import { shownScopesSchema } from './scopes.ts';

/** How people can sign in here. */
export const signInWaysSchema = z.object({
  password: z.literal(true),
  token: z.literal(true),
  device: z.literal(true).describe('Programs on machines without a browser: POST /tokens/v2/device.'),
  oidc: z
    .object({
      name: z.string().describe('What the button says.'),
      href: z.string().describe('The address to go to with the whole page.'),
    })
    .nullable()
    .describe('An OpenID provider; null where none is set up.'),
});

/** How people can sign in here. */
export type SignInWays = z.infer<typeof signInWaysSchema>;

/** What somebody signs in with: a user name and a password, or a token. */
export const sessionRequestSchema = z
  .object({
    username: secret({ what: 'the name of a user', max: 64 }).optional(),
    password: secret({ what: 'a password', max: 1024 }).optional(),
    token: secret({ what: 'a token', max: 8192 }).optional().describe('Instead of name and password.'),
  })
  .refine(
    ({ username, password, token }) =>
      token === undefined
        ? username !== undefined && password !== undefined
        : username === undefined && password === undefined,
    { error: 'expected username and password, or token alone' },
  );

/** What somebody signs in with, parsed. */
export type SessionRequest = z.output<typeof sessionRequestSchema>;

/** Who is signed in. */
export const sessionSchema = z.object({
  username: z.string(),
  isAdmin: z.boolean(),
  expires: timestampSchema
    .nullable()
    .describe('When the session or token ends; null: a token that does not.'),
  scopes: shownScopesSchema,
});

/** Who is signed in. */
export type SessionView = z.infer<typeof sessionSchema>;
