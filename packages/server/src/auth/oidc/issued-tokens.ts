import { keepIssuedToken } from '../../database/issued-accounts.ts';
import type { TokenHolder } from '../../database/tokens.ts';
import { hashToken } from '../token.ts';
import { type AccountSeams, ensureAccount } from './accounts.ts';
import { readPerson } from './person.ts';
import type { OidcSettings } from './settings.ts';
import { type VerificationSeams, verifyToken } from './verify-token.ts';

/** Takes in tokens that the OpenID provider signed. */
export interface IssuedTokens {
  /** The holder of a token seen for the first time; null: it has not the form of one. Throws ApiError. */
  admit(token: string, tokenHash: Buffer): Promise<TokenHolder | null>;
}

/** Three parts in base64url with dots between them (RFC 7515 section 3.1). */
const JWT = /^[\w-]{1,1024}\.[\w-]{1,8192}\.[\w-]{1,1024}$/;

/**
 * A token is verified once and from then on known like any other, until it expires: it can be revoked, it ends with its
 * user, streams end with it, and the provider need not be asked.
 */
export function createIssuedTokens(
  seams: AccountSeams & VerificationSeams & { readonly settings: OidcSettings },
): IssuedTokens {
  const { db, newId, settings } = seams;
  return {
    async admit(token, tokenHash) {
      if (!JWT.test(token)) return null;
      const claims = await verifyToken(seams, token, settings.audience);
      const person = readPerson(claims, settings);
      const { username } = await ensureAccount(seams, person);
      return keepIssuedToken(db, {
        issuer: person.issuer,
        subject: person.subject,
        id: newId('token'),
        tokenHash,
        signedHash: hashToken(token.slice(0, token.lastIndexOf('.'))),
        username,
        name: settings.name,
        expires: new Date(claims.exp * 1000),
      });
    },
  };
}
