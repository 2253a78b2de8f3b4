import { ApiError } from '@arras/contract';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import type { Logger } from 'pino';
import type { Issuer } from './issuer.ts';
import { IssuerUnreachable } from './issuer-calls.ts';

/**
 * Signatures that are accepted: each needs the private key of the provider. `none` and those with a shared secret, for
 * which a public key could be passed off as the secret, are not among them (RFC 8725 sections 3.1 and 3.2).
 */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];

/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 5;

/** What tokens are verified with. */
export interface VerificationSeams {
  readonly settings: { readonly issuer: string };
  readonly issuer: Pick<Issuer, 'find'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** The claims of a token that the provider signed for an audience and that counts now. Throws ApiError. */
export async function verifyToken(
  { settings, issuer, log }: VerificationSeams,
  token: string,
  audience: string,
): Promise<JWTPayload & { readonly sub: string; readonly exp: number }> {
  try {
    const { findKey } = await issuer.find();
    const { payload } = await jwtVerify(token, findKey, {
      issuer: settings.issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['sub', 'exp'],
    });
    const { sub, exp } = payload;
    if (typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT && exp !== undefined)
      return { ...payload, sub, exp };
    throw new ApiError('auth.invalid');
  } catch (error) {
    throw explain(error, log);
  }
}

/** OpenID Connect Core 1.0 section 2. */
const MAX_SUBJECT = 255;

/** What the caller of a token is told; the log says what was wrong with it, and never the token. */
export function explain(error: unknown, log: Pick<Logger, 'info' | 'warn'>): unknown {
  if (error instanceof IssuerUnreachable) {
    if (!error.isLogged) log.warn({ reason: error.message }, 'oidc.unreachable');
    error.isLogged = true;
    return new ApiError('auth.issuer-unreachable', { cause: error });
  }
  if (!(error instanceof errors.JOSEError)) return error;
  if (error instanceof errors.JWTExpired) return new ApiError('auth.expired', { cause: error });
  log.info({ reason: error.code }, 'oidc.refused');
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid)
    return new ApiError('auth.issuer-unreachable', { cause: error });
  return new ApiError('auth.invalid', { cause: error });
}
