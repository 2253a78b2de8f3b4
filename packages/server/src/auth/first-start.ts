import { type Db, inTransaction } from '../database/connection.ts';
import { ensureAdmin, hasProfiles, insertProfile } from '../database/profiles.ts';
import { endOtherTokens, ensureToken, insertToken } from '../database/tokens.ts';
import type { NewId } from '../domain/id-source.ts';
import { hashPassword, SALT_BYTES } from './password.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from './token.ts';

/** What the operator says about the administrator. */
export interface AdministratorSettings {
  readonly username: string;
  readonly password: string | null;
  /** At least 32 characters. */
  readonly token: string | null;
}

/** What {@link ensureAdministrator} works with. */
export interface FirstStart {
  readonly db: Db;
  readonly newId: NewId;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly settings: AdministratorSettings;
}

/** A setting that cannot be used; the message names it and says what to do. */
export class UnusableSetting extends Error {
  override readonly name = 'UnusableSetting';
}

/** Shorter tokens chosen by people can be guessed. */
const LEAST_TOKEN_LENGTH = 32;
const MOST_TOKEN_LENGTH = 512;

/** Names the token of the settings among the administrator's. */
const OPERATOR_TOKEN_NAME = 'ARRAS_ADMIN_TOKEN';

/**
 * Makes sure that somebody can administer the service. At the first start it makes the administrator; when the
 * settings give neither password nor token it makes a token and returns it, this once: the caller must keep it where
 * only the operator can read it. At every start the password and token of the settings are put in force; a former
 * token of the settings is revoked.
 * Throws {@link UnusableSetting}.
 */
export async function ensureAdministrator(start: FirstStart): Promise<{ readonly newToken: string | null }> {
  const { username, password, token } = start.settings;
  if (token !== null) refuseWeakToken(token);
  if (password === null && token === null) return { newToken: await makeFirst(start) };
  const passwordHash = password === null ? null : await hashPassword(password, start.randomBytes(SALT_BYTES));
  await inTransaction(start.db, async (tx) => {
    await ensureAdmin(tx, newProfile(start, passwordHash));
    if (token === null) return;
    const tokenHash = hashToken(token);
    await ensureToken(tx, newToken(start, tokenHash, OPERATOR_TOKEN_NAME));
    await endOtherTokens(tx, { username, name: OPERATOR_TOKEN_NAME, tokenHash });
  });
  return { newToken: null };
}

function refuseWeakToken(token: string): void {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UnusableSetting(
      'ARRAS_ADMIN_TOKEN must consist of visible ASCII characters, because it travels in a header.',
    );
  }
  if (token.length >= LEAST_TOKEN_LENGTH && token.length <= MOST_TOKEN_LENGTH) return;
  throw new UnusableSetting(
    `ARRAS_ADMIN_TOKEN must have ${LEAST_TOKEN_LENGTH} to ${MOST_TOKEN_LENGTH} characters, it has ${token.length}. Make one with: openssl rand -hex 32`,
  );
}

/** Null when this is not the first start, or when another replica is making the administrator at this moment. */
async function makeFirst(start: FirstStart): Promise<string | null> {
  if (await hasProfiles(start.db)) return null;
  return inTransaction(start.db, async (tx) => {
    const made = await insertProfile(tx, { ...newProfile(start, null), is_admin: true });
    if (made === null) return null;
    const token = makeToken(start.randomBytes(TOKEN_RANDOM_BYTES));
    await insertToken(tx, newToken(start, hashToken(token), 'first start'));
    return token;
  });
}

function newProfile({ newId, settings }: FirstStart, passwordHash: string | null) {
  return { username: settings.username, uuid: newId('profile'), email: null, password_hash: passwordHash };
}

function newToken({ newId, settings }: FirstStart, tokenHash: Buffer, name: string) {
  return { id: newId('token'), token_hash: tokenHash, username: settings.username, name };
}
