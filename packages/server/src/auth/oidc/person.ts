import { usernameSchema } from '@arras/contract';
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

/** Longest texts that are stored of claims. */
const MAX_NAME = 64;
const MAX_EMAIL = 254;

/** Reads the claims of a token whose signature has been verified: they are still somebody else's texts. */
export function readPerson(claims: JWTPayload, settings: OidcSettings): Person {
  const username = usernameSchema.safeParse(claims[settings.usernameClaim]);
  return {
    issuer: settings.issuer,
    subject: claims.sub ?? '',
    username: username.success ? username.data : null,
    email: readLine(claims['email'], MAX_EMAIL) || null,
    firstName: readLine(claims['given_name'], MAX_NAME),
    lastName: readLine(claims['family_name'], MAX_NAME),
    isAdmin: settings.admin === null ? null : isAmong(claimAt(claims, settings.admin.claim), settings.admin.value),
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
  return values.some((value) => (typeof value === 'string' || typeof value === 'boolean') && String(value) === wanted);
}

/** What is too long or no plain line is left out: nothing depends on it. */
function readLine(claim: unknown, max: number): string {
  if (typeof claim !== 'string' || claim.length > max || !claim.isWellFormed()) return '';
  return /\p{Cc}/u.test(claim) ? '' : claim.trim();
}
