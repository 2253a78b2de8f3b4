import { randomBytes } from 'node:crypto';
import { createAuthenticator } from '../../packages/server/src/auth/authenticate.ts';
import { createPasswordCheck } from '../../packages/server/src/auth/check-password.ts';
import { createUserCodeHash } from '../../packages/server/src/auth/device-codes.ts';
import { createSessionCookies } from '../../packages/server/src/auth/session-cookie.ts';
import { createSessions } from '../../packages/server/src/auth/sessions.ts';
import type { Db } from '../../packages/server/src/database/connection.ts';
import type { NewId } from '../../packages/server/src/domain/id-source.ts';
import type { HttpContext } from '../../packages/server/src/http/context.ts';
import { createRateLimit } from '../../packages/server/src/http/rate-limit.ts';

const UNLIMITED = { admits: () => true };

/** How users of a test sign in: without limits, for an hour. */
export function createTestSessions({
  db,
  newId,
  publicUrl,
}: {
  readonly db: Db;
  readonly newId: NewId;
  readonly publicUrl: () => string;
}): Pick<
  HttpContext,
  'auth' | 'checkPassword' | 'cookies' | 'beginSession' | 'oidc' | 'oidcIssuer' | 'devices'
> {
  const cookies = createSessionCookies(publicUrl);
  const now = () => new Date();
  return {
    auth: createAuthenticator({ db, cookies, issuedTokens: null, now: () => performance.now() }),
    checkPassword: createPasswordCheck({ db, limit: UNLIMITED, addressLimit: UNLIMITED, randomBytes }),
    cookies,
    oidc: null,
    oidcIssuer: null,
    devices: {
      hashUserCode: createUserCodeHash([randomBytes(32)]),
      beginLimit: UNLIMITED,
      codeLimit: createRateLimit({ burst: 50, perMinute: 1, nowMs: () => performance.now() }),
    },
    beginSession: createSessions({ db, newId, randomBytes, cookies, lifetimeMs: 3_600_000, now }),
  };
}
