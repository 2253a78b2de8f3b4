import { ApiError, PROFILE_SEARCH_FIELDS, type ProfileUpdate } from '@arras/contract';
import type { Principal } from '../../auth/authenticate.ts';
import { hashPassword, SALT_BYTES } from '../../auth/password.ts';
import { refuseLimited } from '../../auth/token-bounds.ts';
import { inTransaction } from '../../database/connection.ts';
import { listProfiles as readProfiles } from '../../database/list-profiles.ts';
import { endPasswordGrants, findProfile, updateProfile as storeProfile } from '../../database/profiles.ts';
import type { ProfileRow } from '../../database/tables.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, UpdateHandler } from '../handler.ts';
import { readSearch, refuseBadPattern } from '../read-search.ts';
import { answer } from '../reply.ts';
import { renderProfile } from '../views/account-view.ts';

export const listProfiles: Handler<'listProfiles'> = async ({ context, viewer, query, raw }) => {
  const terms = readSearch(context, viewer, { fields: PROFILE_SEARCH_FIELDS, query: raw.request.query });
  const { limit, offset } = query;
  const page = { terms, withDisabled: viewer.isAdmin, limit, offset };
  const profiles = await readProfiles(context.db, page).catch(refuseBadPattern);
  return answer(profiles.map((profile) => renderProfile(context, profile)));
};

interface Asked {
  readonly context: HttpContext;
  readonly viewer: Principal;
  readonly params: { readonly username: string };
}

/** Changes a user: POST and PUT do the same, as existing clients use either. */
export const updateProfile = {
  async loadStored(asked: Asked) {
    const { email, first_name, last_name, phone, mobile_phone } = await getChangeableProfile(asked);
    return { ...(email !== null && { email }), first_name, last_name, phone, mobile_phone };
  },
  async handle({
    context,
    viewer,
    params,
    body,
    raw,
  }: Asked & { readonly body: ProfileUpdate; readonly raw: { readonly request: { readonly ip: string } } }) {
    const known = await getChangeableProfile({ context, viewer, params });
    const isEnabled = mayEnable(viewer, known, body.status);
    const isAdmin = mayAdminister(viewer, known, body.admin);
    const password_hash = await readNewPassword({ context, viewer, known, body, address: raw.request.ip });
    const { email = known.email, first_name = '', last_name = '', phone = '', mobile_phone = '' } = body;
    const changed = await inTransaction(context.db, async (tx) => {
      if (password_hash !== null) await endPasswordGrants(tx, known.username, viewer.tokenId);
      return storeProfile(tx, known.username, {
        email,
        first_name,
        last_name,
        phone,
        mobile_phone,
        ...(isAdmin !== known.is_admin && { is_admin: isAdmin }),
        ...(isEnabled && { disabled_at: null }),
        ...(password_hash !== null && { password_hash }),
      });
    });
    if (changed === null) throw new ApiError('profile.not-found');
    context.auth.forget();
    return answer(renderProfile(context, changed));
  },
} satisfies UpdateHandler<'updateProfile'> & UpdateHandler<'replaceProfile'>;

/** The user, if the viewer may change them. Throws ApiError. */
async function getChangeableProfile({ context, viewer, params }: Asked): Promise<ProfileRow> {
  const username = params.username === 'me' ? viewer.username : params.username;
  const profile = await findProfile(context.db, username);
  if (profile === null || (profile.disabled_at !== null && !viewer.isAdmin))
    throw new ApiError('profile.not-found');
  if (username === viewer.username || viewer.isAdmin) return profile;
  throw new ApiError('access.forbidden', { message: `Only ${username} and administrators may change this.` });
}

/** Whether a disabled user is to be enabled. Throws ApiError when this cannot be asked for. */
function mayEnable(viewer: Principal, known: ProfileRow, status: ProfileUpdate['status']): boolean {
  const isActive = known.disabled_at === null;
  if (status === undefined || (status === 'ACTIVE') === isActive) return false;
  if (!viewer.isAdmin) throw new ApiError('access.admin-only');
  if (status === 'ACTIVE') return true;
  const message = `expected ACTIVE; disable the user with DELETE /profiles/v2/${known.username}`;
  throw new ApiError('request.invalid', { problems: [{ field: 'status', message }] });
}

/** Whether a user is to be an administrator from now on. Throws ApiError when this cannot be asked for. */
function mayAdminister(viewer: Principal, known: ProfileRow, asked: ProfileUpdate['admin']): boolean {
  if (asked === undefined || asked === known.is_admin) return known.is_admin;
  if (!viewer.isAdmin) throw new ApiError('access.admin-only');
  refuseLimited(viewer);
  // Somebody must be left who can administer the service.
  if (known.username !== viewer.username) return asked;
  throw new ApiError('conflict', {
    message: 'You cannot take the rights of an administrator from yourself; ask another administrator.',
  });
}

/** The hash of the new password; null: it stays. Whoever only has somebody's token cannot take their account over. */
async function readNewPassword({
  context,
  viewer,
  known,
  body,
  address,
}: {
  readonly context: HttpContext;
  readonly viewer: Principal;
  readonly known: ProfileRow;
  readonly body: ProfileUpdate;
  readonly address: string;
}): Promise<string | null> {
  const { password, current_password } = body;
  if (password === undefined) return null;
  if (known.username === viewer.username) {
    if (known.password_hash === null)
      throw refusedPassword('password', 'you have none yet: ask an administrator to set the first one');
    if (current_password === undefined)
      throw refusedPassword('current_password', 'is required: expected your present password');
    const attempt = { username: known.username, password: current_password, address };
    const verdict = await context.checkPassword(attempt);
    if (verdict.kind === 'limited') throw new ApiError('rate.limited');
    if (verdict.kind === 'wrong') throw refusedPassword('current_password', 'is not your present password');
  } else refuseLimited(viewer);
  return hashPassword(password, context.randomBytes(SALT_BYTES));
}

function refusedPassword(field: string, message: string): ApiError {
  return new ApiError('request.invalid', { problems: [{ field, message }] });
}
