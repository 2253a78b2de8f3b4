import { z } from 'zod';
import {
  clientRequestSchema,
  clientSchema,
  clientSubscriptionSchema,
  createdClientSchema,
  grantErrorSchema,
  grantedTokensSchema,
  tenantSchema,
  tokenGrantSchema,
} from './clients.ts';
import { pageQuerySchema } from './listing.ts';
import type { Route } from './route.ts';

const params = z.object({ name: z.string().max(64).describe('Name of the client.') });

const PASSWORD_ERRORS = ['auth.missing', 'auth.wrong-password', 'rate.limited'] as const;

/** How programs written for the original sign in. Who calls is told by HTTP Basic, not by a token. */
export const CLIENT_ROUTES = {
  listClients: {
    method: 'GET',
    path: '/clients/v2',
    tag: 'Clients',
    summary: 'List your clients',
    description: 'With HTTP Basic: your user name and password.',
    access: 'public',
    query: pageQuerySchema,
    success: { status: 200, schema: z.array(clientSchema) },
    errors: PASSWORD_ERRORS,
  },
  createClient: {
    method: 'POST',
    path: '/clients/v2',
    tag: 'Clients',
    summary: 'Register a client',
    description:
      'With HTTP Basic: your user name and password. The secret is in this answer and nowhere else.',
    access: 'public',
    body: clientRequestSchema,
    form: true,
    success: { status: 201, schema: createdClientSchema },
    errors: [...PASSWORD_ERRORS, 'client.exists'],
  },
  showClient: {
    method: 'GET',
    path: '/clients/v2/{name}',
    tag: 'Clients',
    summary: 'Show a client',
    description: 'With HTTP Basic: your user name and password.',
    access: 'public',
    params,
    success: { status: 200, schema: clientSchema },
    errors: [...PASSWORD_ERRORS, 'client.not-found'],
  },
  deleteClient: {
    method: 'DELETE',
    path: '/clients/v2/{name}',
    tag: 'Clients',
    summary: 'Delete a client',
    description: 'With HTTP Basic: your user name and password. Its tokens are refused from now on.',
    access: 'public',
    params,
    success: { status: 200, schema: null },
    errors: [...PASSWORD_ERRORS, 'client.not-found'],
  },
  listClientSubscriptions: {
    method: 'GET',
    path: '/clients/v2/{name}/subscriptions',
    tag: 'Clients',
    summary: 'List what a client may use',
    description: 'With HTTP Basic: your user name and password. Every client may use everything.',
    access: 'public',
    params,
    success: { status: 200, schema: z.array(clientSubscriptionSchema) },
    errors: [...PASSWORD_ERRORS, 'client.not-found'],
  },
  grantTokens: {
    method: 'POST',
    path: '/token',
    tag: 'Clients',
    summary: 'Get tokens as a client',
    description:
      'OAuth 2.0 (RFC 6749). The client is named by HTTP Basic with its consumer key and secret, or by client_id and client_secret. A refresh token can be used again and by several at once; it ends 30 days after its last use, or with its client. A program that signs in on a machine without a browser asks here too (RFC 8628), with the client_id alone.',
    access: 'public',
    body: tokenGrantSchema,
    bodyOptional: true,
    form: true,
    bare: true,
    success: { status: 200, schema: grantedTokensSchema },
    alternatives: [
      { status: 400, schema: grantErrorSchema, when: 'the grant does not count' },
      { status: 401, schema: grantErrorSchema, when: 'the client is unknown or its secret is wrong' },
      { status: 429, schema: grantErrorSchema, when: 'too many wrong passwords were given' },
    ],
    errors: [],
  },
  listTenants: {
    method: 'GET',
    path: '/tenants/v2',
    aliases: ['/tenants'],
    tag: 'Clients',
    summary: 'List the tenants',
    description: 'This deployment is one tenant. Clients of the original learn here where the service is.',
    access: 'public',
    success: { status: 200, schema: z.array(tenantSchema) },
    errors: [],
  },
} as const satisfies Record<string, Route>;
