import { ApiError } from '@arras/contract';
import { hashPassword, SALT_BYTES } from '../../auth/password.ts';
import { refuseLimited } from '../../auth/token-bounds.ts';
import { inTransaction } from '../../database/connection.ts';
import { disableProfile, findProfile, insertProfile } from '../../database/profiles.ts';
import { endAllOfUser } from '../../database/subscription-access.ts';
import type { ProfileRow } from '../../database/tables.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderProfile } from '../views/account-view.ts';
import { IDENTITY_HANDLERS } from './identities.ts';
import { listProfiles, updateProfile } from './update-profile.ts';

const createProfile: Handler<'createProfile'> = async ({ context, viewer, body }) => {
  const { username, password, admin, email, first_name, last_name, phone, mobile_phone } = body;
  if (admin) refuseLimited(viewer);
  const salt = context.randomBytes(SALT_BYTES);
  const made = await insertProfile(context.db, {
    uuid: context.newId('profile'),
    username,
    email,
    first_name: first_name ?? '',
    last_name: last_name ?? '',
    phone: phone ?? '',
    mobile_phone: mobile_phone ?? '',
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

function isDisabled(profile: ProfileRow): boolean {
  return profile.disabled_at !== null;
}

/** Operations on users. */
export const ACCOUNT_HANDLERS: HandlersOf<'Profiles'> = {
  listProfiles,
  createProfile,
  showProfile,
  updateProfile,
  replaceProfile: updateProfile,
  deleteProfile,
  ...IDENTITY_HANDLERS,
};
