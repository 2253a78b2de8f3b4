import { createHash } from 'node:crypto';
import { ApiError } from '@arras/contract';
import type { ProfileRow } from '../../database/tables.ts';
import type { AttemptLimit } from '../check-password.ts';
import { isSameSecret, type SecretBox } from '../secret-box.ts';
import { type AccountSeams, ensureAccount } from './accounts.ts';
import { type CallIssuer, IssuerUnreachable } from './issuer-calls.ts';
import { readPerson } from './person.ts';
import { redeemCode } from './redeem-code.ts';
import type { OidcSettings } from './settings.ts';
import {
  forgetSignIn,
  keepSignIn,
  type PendingSignIn,
  readSignIn,
  SIGN_IN_SECONDS,
} from './sign-in-cookie.ts';
import { explain, type VerificationSeams, verifyToken } from './verify-token.ts';

/** What a browser brings back from the provider. */
export interface ReturnedBrowser {
  readonly query: {
    readonly code?: string | undefined;
    readonly state?: string | undefined;
    readonly error?: string | undefined;
    readonly iss?: string | undefined;
  };
  readonly cookie: string | undefined;
  readonly address: string;
}

/** Signs people in at the OpenID provider: authorization code with PKCE, state and nonce. */
export interface OidcSignIn {
  /** What people call the provider. */
  readonly name: string;
  /** Where the browser has to go, and the `Set-Cookie` header that it needs when it comes back. Throws ApiError. */
  begin(): Promise<{ readonly location: string; readonly cookie: string }>;
  /** Who came back, and what names this sign-in, which counts once. Throws ApiError. */
  finish(returned: ReturnedBrowser): Promise<{ readonly profile: ProfileRow; readonly signInHash: Buffer }>;
  /** A `Set-Cookie` header that forgets what {@link begin} kept. */
  forget(): string;
}

/** What signing in works with. */
export interface SignInSeams extends AccountSeams, VerificationSeams {
  readonly settings: OidcSettings & { readonly clientId: string };
  readonly call: CallIssuer;
  readonly secrets: SecretBox;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly publicUrl: () => string;
  readonly limit: AttemptLimit;
  readonly now: () => Date;
}

/** Makes the sign-in; nothing is kept between the two steps but in the browser. */
export function createOidcSignIn(seams: SignInSeams): OidcSignIn {
  const { settings, secrets, publicUrl, limit } = seams;
  return {
    name: settings.name,
    forget: () => forgetSignIn(publicUrl()),
    async begin() {
      const pending = makePending(seams);
      const location = await authorizationUrl(seams, pending).catch((error: unknown) => {
        throw explain(error, seams.log);
      });
      return { location, cookie: keepSignIn(secrets, pending, publicUrl()) };
    },
    async finish(returned) {
      // Each makes the service call the provider.
      if (!limit.admits(returned.address)) throw new ApiError('rate.limited');
      const { pending, code } = readReturn(seams, returned);
      const profile = await identify(seams, pending, code);
      if (profile.disabled_at !== null) throw new ApiError('auth.disabled');
      return { profile, signInHash: sha256(pending.state) };
    },
  };
}

function makePending({ randomBytes, now }: SignInSeams): PendingSignIn {
  const random = () => Buffer.from(randomBytes(32)).toString('base64url');
  return {
    state: random(),
    nonce: random(),
    verifier: random(),
    until: now().getTime() + SIGN_IN_SECONDS * 1000,
  };
}

async function authorizationUrl(seams: SignInSeams, pending: PendingSignIn): Promise<string> {
  const { metadata } = await seams.issuer.find();
  if (metadata.authorization_endpoint === undefined)
    throw new IssuerUnreachable('the discovery document lacks the authorization_endpoint');
  const url = new URL(metadata.authorization_endpoint);
  const parameters = {
    response_type: 'code',
    client_id: seams.settings.clientId,
    redirect_uri: redirectUri(seams),
    scope: 'openid profile email',
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: sha256(pending.verifier).toString('base64url'),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function redirectUri({ publicUrl }: SignInSeams): string {
  return `${publicUrl()}/sessions/v2/oidc/callback`;
}

function readReturn(
  { secrets, settings, publicUrl, now }: SignInSeams,
  { query, cookie }: ReturnedBrowser,
): { readonly pending: PendingSignIn; readonly code: string } {
  const pending = readSignIn(secrets, cookie, publicUrl());
  const isOurs = pending !== null && isSameSecret(query.state ?? '', pending.state);
  if (!isOurs || pending.until < now().getTime()) {
    throw new ApiError('session.sign-in-failed', {
      message: 'This sign-in was not begun in this browser, or too long ago.',
    });
  }
  // Another provider's answer, sent on to this one (RFC 9207).
  const isElsewhere = query.iss !== undefined && query.iss !== settings.issuer;
  if (query.error === undefined && query.code !== undefined && !isElsewhere)
    return { pending, code: query.code };
  const reason = /^[a-z_]{1,40}$/.exec(query.error ?? '')?.[0];
  throw new ApiError('session.sign-in-failed', {
    message: `Your identity provider did not sign you in${reason === undefined ? '' : ` (${reason})`}.`,
  });
}

async function identify(seams: SignInSeams, pending: PendingSignIn, code: string): Promise<ProfileRow> {
  const { settings, issuer, call, log } = seams;
  const { clientId, clientSecret } = settings;
  const { nonce, verifier } = pending;
  const token = await issuer
    .find()
    .then(({ metadata }) =>
      redeemCode(call, metadata, { clientId, clientSecret, redirectUri: redirectUri(seams), code, verifier }),
    )
    .catch((error: unknown) => {
      throw explain(error, log);
    });
  const claims = await verifyToken(seams, token, clientId);
  if (typeof claims['nonce'] === 'string' && isSameSecret(claims['nonce'], nonce))
    return ensureAccount(seams, readPerson(claims, settings));
  throw new ApiError('session.sign-in-failed', {
    message: 'The answer of your identity provider was made for another sign-in.',
  });
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
