import { z } from 'zod';
import { identityChangeSchema, identityRequestSchema, identitySchema } from './identities.ts';
import { pageQuerySchema } from './listing.ts';
import type { Route } from './route.ts';

const params = z.object({ username: z.string().max(64).describe('Name of the user; me means the caller.') });

/** Joining accounts of this service with people whom an OpenID provider knows. */
export const IDENTITY_ROUTES = {
  listIdentities: {
    method: 'GET',
    path: '/profiles/v2/{username}/identities',
    tag: 'Profiles',
    summary: 'List who signs in to an account at the OpenID provider',
    description: 'At most one. Only for administrators.',
    access: 'admin',
    params,
    success: { status: 200, schema: z.array(identitySchema) },
    errors: ['profile.not-found'],
  },
  linkIdentity: {
    method: 'POST',
    path: '/profiles/v2/{username}/identities',
    tag: 'Profiles',
    summary: 'Join an account with somebody whom the OpenID provider knows',
    description:
      'From now on they sign in to this account there, beside its password and tokens; whether it is an administrator is told by this service alone. Takes a token without scopes. Only for administrators.',
    access: 'admin',
    params,
    body: identityRequestSchema,
    form: true,
    success: { status: 201, schema: identitySchema },
    errors: ['profile.not-found', 'identity.taken'],
  },
  unlinkIdentity: {
    method: 'DELETE',
    path: '/profiles/v2/{username}/identities',
    tag: 'Profiles',
    summary: 'Part an account from the OpenID provider',
    description:
      'Nobody signs in to it there any more; sessions that were begun there and tokens of the provider end. Only for administrators.',
    access: 'admin',
    params,
    success: { status: 200, schema: null },
    errors: ['profile.not-found', 'identity.not-found'],
  },
  listIdentityHistory: {
    method: 'GET',
    path: '/profiles/v2/{username}/identities/history',
    tag: 'Profiles',
    summary: 'List who joined an account with the OpenID provider, and when',
    description: 'Newest first. Only for administrators.',
    access: 'admin',
    params,
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(identityChangeSchema) },
    errors: ['profile.not-found'],
  },
} as const satisfies Record<string, Route>;
