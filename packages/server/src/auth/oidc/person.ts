import { profileRequestSchema, usernameSchema } from '@arras/contract';
import type { JWTPayload } from 'jose';
import type { OidcSettings } from './settings.ts';

/** Somebody as the OpenID provider describes them. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
  /** null: the claim holds nothing that can name a user here. */
  readonly username: string | null;
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  /** null: the provider does not say. */
  readonly isAdmin: boolean | null;
}

/** Longest name that is stored of a claim. */
const MAX_NAME = 64;

/** Reads the claims of a token whose signature has been verified: they are still somebody else's texts. */
export function readPerson(claims: JWTPayload, settings: OidcSettings): Person {
  const username = usernameSchema.safeParse(claims[settings.usernameClaim]);
  // Mail goes there: not to an address of which the provider says itself that anybody could have named it.
  const email = profileRequestSchema.shape.email.safeParse(claims['email']);
  return {
    issuer: settings.issuer,
    subject: claims.sub ?? '',
    username: username.success ? username.data : null,
    email: email.success && claims['email_verified'] !== false ? email.data : null,
    firstName: readName(claims['given_name']),
    lastName: readName(claims['family_name']),
    isAdmin:
      settings.admin === null ? null : isAmong(claimAt(claims, settings.admin.claim), settings.admin.value),
  };
}

/** `realm_access.roles` is the claim of that name, or else what is in `roles` of `realm_access`. */
function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('.').reduce<unknown>((value, key) => {
    const isHolder = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return isHolder ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  }, claims);
}

function isAmong(claim: unknown, wanted: string): boolean {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return values.some(
    (value) => (typeof value === 'string' || typeof value === 'boolean') && String(value) === wanted,
  );
}

/** What is too long or no plain line is left out: nothing depends on it. */
function readName(claim: unknown): string {
  if (typeof claim !== 'string' || claim.length > MAX_NAME || !claim.isWellFormed()) return '';
  return /\p{Cc}/u.test(claim) ? '' : claim.trim();
}
