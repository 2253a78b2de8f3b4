import { z } from 'zod';
import { tokenIdSchema } from './ids.ts';
import { pageQuerySchema } from './listing.ts';
import { profileListQuerySchema } from './profile-search.ts';
import { profileRequestSchema, profileSchema, profileUpdateSchema } from './profiles.ts';
import type { Route } from './route.ts';
import { createdTokenSchema, tokenRequestSchema, tokenSchema } from './tokens.ts';

const params = z.object({ username: z.string().max(64).describe('Name of the user; me means the caller.') });

/** Operations on users and their tokens. */
export const ACCOUNT_ROUTES = {
  listProfiles: {
    method: 'GET',
    path: '/profiles/v2',
    tag: 'Profiles',
    summary: 'List and search users',
    description: 'By name. Administrators see every user, others only those that are enabled.',
    access: 'user',
    query: profileListQuerySchema,
    success: { status: 200, schema: z.array(profileSchema) },
    errors: [],
  },
  createProfile: {
    method: 'POST',
    path: '/profiles/v2',
    tag: 'Profiles',
    summary: 'Create a user',
    description: 'Only for administrators.',
    access: 'admin',
    body: profileRequestSchema,
    form: true,
    success: { status: 201, schema: profileSchema },
    errors: ['profile.exists'],
  },
  showProfile: {
    method: 'GET',
    path: '/profiles/v2/{username}',
    tag: 'Profiles',
    summary: 'Show a user',
    description: 'The name me shows the caller.',
    access: 'user',
    params,
    success: { status: 200, schema: profileSchema },
    errors: ['profile.not-found'],
  },
  updateProfile: {
    method: 'POST',
    path: '/profiles/v2/{username}',
    tag: 'Profiles',
    summary: 'Change a user',
    description:
      'What is left out stays. Users change their own profile, administrators any. The name me means the caller.',
    access: 'user',
    params,
    body: profileUpdateSchema,
    form: true,
    success: { status: 200, schema: profileSchema },
    errors: ['profile.not-found', 'access.forbidden', 'access.admin-only', 'conflict', 'rate.limited'],
  },
  replaceProfile: {
    method: 'PUT',
    path: '/profiles/v2/{username}',
    tag: 'Profiles',
    summary: 'Change a user',
    description: 'As updateProfile.',
    access: 'user',
    params,
    body: profileUpdateSchema,
    form: true,
    success: { status: 200, schema: profileSchema },
    errors: ['profile.not-found', 'access.forbidden', 'access.admin-only', 'conflict', 'rate.limited'],
  },
  deleteProfile: {
    method: 'DELETE',
    path: '/profiles/v2/{username}',
    tag: 'Profiles',
    summary: 'Disable a user',
    description: 'The user can no longer sign in. Jobs and data remain. Only for administrators.',
    access: 'admin',
    params,
    success: { status: 200, schema: null },
    errors: ['profile.not-found', 'conflict'],
  },
  createToken: {
    method: 'POST',
    path: '/tokens/v2',
    tag: 'Tokens',
    summary: 'Create a token',
    description:
      'The secret is in this answer and nowhere else. Administrators may create tokens for other users.',
    access: 'user',
    body: tokenRequestSchema,
    form: true,
    success: { status: 201, schema: createdTokenSchema },
    errors: ['access.admin-only', 'profile.not-found'],
  },
  listTokens: {
    method: 'GET',
    path: '/tokens/v2',
    tag: 'Tokens',
    summary: 'List your tokens',
    description: 'Without their secrets, newest first.',
    access: 'user',
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(tokenSchema) },
    errors: [],
  },
  revokeToken: {
    method: 'DELETE',
    path: '/tokens/v2/{id}',
    tag: 'Tokens',
    summary: 'Revoke a token',
    description:
      'It is refused from now on, and so is all that was made with it: tokens, those made with these, and sessions. One that was ended otherwise can be revoked as well, for what was made with it. Administrators may revoke any token.',
    access: 'user',
    params: z.object({ id: tokenIdSchema.describe('Id of the token.') }),
    success: { status: 200, schema: null },
    errors: ['token.not-found'],
  },
} as const satisfies Record<string, Route>;
