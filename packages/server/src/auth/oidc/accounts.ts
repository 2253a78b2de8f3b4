import { ApiError } from '@arras/contract';
import type { Logger } from 'pino';
import type { Db } from '../../database/connection.ts';
import { findIssuedAccount, makeIssuedAccount } from '../../database/issued-accounts.ts';
import type { ProfileRow } from '../../database/tables.ts';
import type { NewId } from '../../domain/id-source.ts';
import type { Person } from './person.ts';

/** What accounts are made with. */
export interface AccountSeams {
  readonly db: Db;
  readonly newId: NewId;
  readonly usernameClaim: string;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * The account of somebody whom the provider vouches for, made at the first time. Who somebody is, is decided by issuer
 * and subject alone, which the provider never gives to anybody else; the name only names a new account. So nobody gets
 * into an account that this service or another provider made, by taking its name there. Throws ApiError.
 */
export async function ensureAccount(seams: AccountSeams, person: Person): Promise<ProfileRow> {
  const { db, newId, usernameClaim, log } = seams;
  const known = await findIssuedAccount(db, person);
  if (known !== null) return known;
  const { username } = person;
  if (username === null) {
    throw new ApiError('auth.account-unusable', {
      message: `The claim ${usernameClaim} of your token holds no name that a user can have here: at most 32 lower-case letters, digits and . _ -`,
    });
  }
  const made = await makeIssuedAccount(db, { ...person, username, uuid: newId('profile') });
  if (made === null) {
    throw new ApiError('auth.account-unusable', {
      message: `There is a user ${username} already whom your identity provider did not bring. If that is you, an administrator can join the account with the subject ${person.subject} of ${person.issuer}.`,
    });
  }
  log.info({ username }, 'oidc.account-made');
  return made;
}
