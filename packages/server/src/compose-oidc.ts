import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { createIssuedTokens, type IssuedTokens } from './auth/oidc/issued-tokens.ts';
import { Issuer } from './auth/oidc/issuer.ts';
import { createIssuerCalls } from './auth/oidc/issuer-calls.ts';
import type { OidcSettings } from './auth/oidc/settings.ts';
import { createOidcSignIn, type OidcSignIn } from './auth/oidc/sign-in.ts';
import type { SecretBox } from './auth/secret-box.ts';
import type { Config } from './config.ts';
import type { Db } from './database/connection.ts';
import type { NewId } from './domain/id-source.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { createEgressGuard } from './net/egress.ts';

/** What signing in at an OpenID provider is made of. */
export interface OidcParts {
  readonly config: Pick<Config, 'ARRAS_EGRESS_ALLOW'>;
  readonly settings: OidcSettings;
  readonly db: Db;
  readonly newId: NewId;
  readonly secrets: SecretBox;
  readonly publicUrl: () => string;
  readonly log: Logger;
}

/** The OpenID provider as the service uses it. */
export interface Oidc extends AsyncDisposable {
  readonly issuedTokens: IssuedTokens;
  /** null: browsers cannot sign in there. */
  readonly signIn: OidcSignIn | null;
}

/** Sign-ins finished from one address, behind which there may be a whole institute. */
const SIGN_IN_LIMIT = { burst: 100, perMinute: 120, nowMs: () => performance.now() };

/** Nothing is called until somebody signs in. */
export function composeOidc(parts: OidcParts): Oidc {
  const { config, settings, publicUrl, secrets } = parts;
  const guard = createEgressGuard({ allow: config.ARRAS_EGRESS_ALLOW });
  const call = createIssuerCalls(guard);
  const issuer = new Issuer({ issuer: settings.issuer, call, now: () => performance.now() });
  const seams = { ...parts, issuer, usernameClaim: settings.usernameClaim };
  const { clientId } = settings;
  const limit = createRateLimit(SIGN_IN_LIMIT);
  const now = () => new Date();
  return {
    issuedTokens: createIssuedTokens(seams),
    signIn:
      clientId === null
        ? null
        : createOidcSignIn({
            ...seams,
            settings: { ...settings, clientId },
            call,
            secrets,
            randomBytes,
            publicUrl,
            limit,
            now,
          }),
    [Symbol.asyncDispose]: () => guard.close(),
  };
}

/** The provider that the operator has set up; null: none. */
export function oidcSettingsOf(config: Config): OidcSettings | null {
  const { ARRAS_OIDC_ISSUER: issuer, ARRAS_OIDC_CLIENT_ID: clientId } = config;
  const audience = config.ARRAS_OIDC_AUDIENCE ?? clientId;
  if (issuer === null || audience === null) return null;
  const claim = config.ARRAS_OIDC_ADMIN_CLAIM;
  return {
    issuer,
    audience,
    clientId,
    clientSecret: config.ARRAS_OIDC_CLIENT_SECRET,
    usernameClaim: config.ARRAS_OIDC_USERNAME_CLAIM,
    admin: claim === null ? null : { claim, value: config.ARRAS_OIDC_ADMIN_VALUE },
    name: config.ARRAS_OIDC_NAME ?? new URL(issuer).host,
  };
}
