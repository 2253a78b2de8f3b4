import { z } from 'zod';
import { grantErrorSchema } from './clients.ts';
import {
  deviceCodesSchema,
  deviceDecisionSchema,
  deviceRequestSchema,
  deviceSignInSchema,
} from './device-sign-ins.ts';
import type { Route } from './route.ts';

const params = z.object({ code: z.string().max(64).describe('The code that the program shows.') });

/** Signing in on machines without a browser, with a browser elsewhere. */
export const DEVICE_ROUTES = {
  authorizeDevice: {
    method: 'POST',
    path: '/tokens/v2/device',
    tag: 'Tokens',
    summary: 'Begin to sign in on a machine without a browser',
    description:
      'OAuth 2.0 Device Authorization Grant (RFC 8628). The program shows the code and the address, and asks POST /token with the grant_type urn:ietf:params:oauth:grant-type:device_code, its device_code and its client_id until the user has approved.',
    access: 'public',
    body: deviceRequestSchema,
    bodyOptional: true,
    form: true,
    bare: true,
    success: { status: 200, schema: deviceCodesSchema },
    alternatives: [
      { status: 400, schema: grantErrorSchema, when: 'the request cannot be understood' },
      { status: 429, schema: grantErrorSchema, when: 'too many sign-ins were begun from the address' },
    ],
    errors: [],
  },
  showDeviceSignIn: {
    method: 'GET',
    path: '/tokens/v2/device/{code}',
    tag: 'Tokens',
    summary: 'Show a program that waits to be signed in',
    description:
      'For whoever has the code, until it was decided or its time is over. Codes that there are not are counted.',
    access: 'user',
    params,
    success: { status: 200, schema: deviceSignInSchema },
    errors: ['device.not-found', 'rate.limited'],
  },
  decideDeviceSignIn: {
    method: 'POST',
    path: '/tokens/v2/device/{code}',
    tag: 'Tokens',
    summary: 'Approve or refuse to sign in a program',
    description:
      'The program gets a token that acts for you, with no scopes that your own token lacks, and that does not outlive it. It is listed among your tokens with the kind device.',
    access: 'user',
    params,
    body: deviceDecisionSchema,
    success: { status: 200, schema: null },
    errors: ['device.not-found', 'rate.limited'],
  },
} as const satisfies Record<string, Route>;
