import { ApiError } from '@arras/contract';
import { hashPassword, SALT_BYTES } from '../../auth/password.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import { inTransaction } from '../../database/connection.ts';
import {
  disableProfile,
  findProfile,
  insertProfile,
  listProfiles as readProfiles,
} from '../../database/profiles.ts';
import { endAllOfUser } from '../../database/subscription-access.ts';
import type { ProfileRow } from '../../database/tables.ts';
import { insertToken, listOwnedTokens, revokeAnyToken, revokeOwnedToken } from '../../database/tokens.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderProfile, renderToken } from '../views/account-view.ts';

const listProfiles: Handler<'listProfiles'> = async ({ context, viewer, query }) => {
  const profiles = await readProfiles(context.db, { ...query, withDisabled: viewer.isAdmin });
  return answer(profiles.map((profile) => renderProfile(context, profile)));
};

const createProfile: Handler<'createProfile'> = async ({ context, body }) => {
  const { username, password, email, first_name = '', last_name = '', admin } = body;
  const salt = context.randomBytes(SALT_BYTES);
  const made = await insertProfile(context.db, {
    uuid: context.newId('profile'),
    username,
    email,
    first_name,
    last_name,
    is_admin: admin,
    password_hash: password === undefined ? null : await hashPassword(password, salt),
  });
  if (made === null) throw new ApiError('profile.exists');
  return answer(renderProfile(context, made));
};

const showProfile: Handler<'showProfile'> = async ({ context, viewer, params }) => {
  const username = params.username === 'me' ? viewer.username : params.username;
  const profile = await findProfile(context.db, username);
  if (profile === null || (isDisabled(profile) && !viewer.isAdmin)) throw new ApiError('profile.not-found');
  return answer(renderProfile(context, profile));
};

const deleteProfile: Handler<'deleteProfile'> = async ({ context, viewer, params }) => {
  const username = params.username === 'me' ? viewer.username : params.username;
  // Somebody must be left who can administer the service.
  if (username === viewer.username) {
    throw new ApiError('conflict', {
      message: 'You cannot disable your own account; ask another administrator.',
    });
  }
  const isChanged = await inTransaction(context.db, async (tx) => {
    const isDisabledNow = await disableProfile(tx, username);
    // Who may not sign in any more is not told of anything either.
    await recordEnded(context, tx, await endAllOfUser(tx, username), viewer.username);
    return isDisabledNow;
  });
  if (!isChanged) throw new ApiError('profile.not-found');
  context.auth.forget();
  return done(`User ${username} was disabled.`);
};

const createToken: Handler<'createToken'> = async ({ context, viewer, body }) => {
  const { name, username = viewer.username, lifetimeSeconds } = body;
  if (username !== viewer.username && !viewer.isAdmin) throw new ApiError('access.admin-only');
  const holder = await findProfile(context.db, username);
  if (holder === null || isDisabled(holder)) throw new ApiError('profile.not-found');
  const token = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const row = { id: context.newId('token'), token_hash: hashToken(token), username, name };
  const stored = await insertToken(context.db, row, { lifetimeSeconds: lifetimeSeconds ?? null, endsBy: null });
  return answer({ ...renderToken(context, stored), token });
};

const listTokens: Handler<'listTokens'> = async ({ context, viewer, query }) => {
  const tokens = await listOwnedTokens(context.db, viewer.username, query);
  return answer(tokens.map((token) => renderToken(context, token)));
};

const revokeToken: Handler<'revokeToken'> = async ({ context, viewer, params }) => {
  const isRevoked = viewer.isAdmin
    ? await revokeAnyToken(context.db, params.id)
    : await revokeOwnedToken(context.db, viewer.username, params.id);
  if (!isRevoked) throw new ApiError('token.not-found');
  context.auth.forget();
  return done(`Token ${params.id} was revoked.`);
};

function isDisabled(profile: ProfileRow): boolean {
  return profile.disabled_at !== null;
}

/** Operations on users and their tokens. */
export const ACCOUNT_HANDLERS: HandlersOf<'Profiles' | 'Tokens'> = {
  listProfiles,
  createProfile,
  showProfile,
  deleteProfile,
  createToken,
  listTokens,
  revokeToken,
};
