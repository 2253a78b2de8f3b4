import { z } from 'zod';
import { queryTextSchema } from './listing.ts';
import type { Route } from './route.ts';
import { sessionRequestSchema, sessionSchema, signInWaysSchema } from './sessions.ts';

/** Signing in and out of a browser. The session is in a cookie that pages cannot read. */
export const SESSION_ROUTES = {
  listSignInWays: {
    method: 'GET',
    path: '/sessions/v2/ways',
    tag: 'Sessions',
    summary: 'List the ways to sign in',
    description: 'For the page on which people sign in.',
    access: 'public',
    success: { status: 200, schema: signInWaysSchema },
    errors: [],
  },
  createSession: {
    method: 'POST',
    path: '/sessions/v2',
    tag: 'Sessions',
    summary: 'Sign in',
    description:
      'Sets the cookie of a new session. One begun with a token may do what the token may, and ends with it. Pages of other origins cannot sign anybody in.',
    access: 'public',
    body: sessionRequestSchema,
    success: { status: 201, schema: sessionSchema },
    errors: [
      'auth.wrong-password',
      'auth.invalid',
      'auth.expired',
      'auth.revoked',
      'auth.disabled',
      'auth.account-unusable',
      'auth.issuer-unreachable',
      'rate.limited',
      'access.foreign-origin',
    ],
  },
  startOidcSignIn: {
    method: 'GET',
    path: '/sessions/v2/oidc',
    tag: 'Sessions',
    summary: 'Sign in at the OpenID provider',
    description: 'For a browser: sends it to the provider, which sends it back to the address below.',
    access: 'public',
    success: { status: 302, schema: 'bytes', mediaType: 'text/plain' },
    errors: ['session.no-provider', 'auth.issuer-unreachable'],
  },
  finishOidcSignIn: {
    method: 'GET',
    path: '/sessions/v2/oidc/callback',
    tag: 'Sessions',
    summary: 'Come back from the OpenID provider',
    description:
      'For a browser: sets the cookie of a new session, on a page that goes on to the dashboard. What went wrong is said on a page as well.',
    access: 'public',
    query: z.object({
      code: queryTextSchema.describe('From the provider: what the ID token is redeemed with.'),
      state: queryTextSchema.describe('The sign-in that was begun.'),
      error: queryTextSchema.describe('Why the provider did not sign anybody in.'),
      iss: queryTextSchema.describe('The provider that answers (RFC 9207).'),
    }),
    success: { status: 200, schema: 'bytes', mediaType: 'text/html' },
    errors: [
      'session.no-provider',
      'session.sign-in-failed',
      'auth.account-unusable',
      'auth.disabled',
      'auth.invalid',
      'auth.expired',
      'auth.issuer-unreachable',
      'rate.limited',
    ],
  },
  showSession: {
    method: 'GET',
    path: '/sessions/v2/current',
    tag: 'Sessions',
    summary: 'Who am I?',
    description: 'Of the session in the cookie, or of the token in the header.',
    access: 'user',
    success: { status: 200, schema: sessionSchema },
    errors: [],
  },
  deleteSession: {
    method: 'DELETE',
    path: '/sessions/v2/current',
    tag: 'Sessions',
    summary: 'Sign out',
    description:
      'Ends the session in the cookie, or the token in the header with the sessions that were begun with it, and clears the cookie. Tokens that were made with it stay.',
    access: 'user',
    success: { status: 200, schema: null },
    errors: [],
  },
} as const satisfies Record<string, Route>;
