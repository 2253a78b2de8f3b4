import { ApiError, type IdentityView } from '@arras/contract';
import { refuseLimited } from '../../auth/token-bounds.ts';
import { inTransaction } from '../../database/connection.ts';
import {
  findIdentityHolder,
  listIdentityChanges,
  unlinkIdentity as removeIdentity,
  linkIdentity as storeIdentity,
} from '../../database/identities.ts';
import { findProfile } from '../../database/profiles.ts';
import type { ProfileRow } from '../../database/tables.ts';
import { findDatabaseTrouble } from '../../database/trouble.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';

const listIdentities: Handler<'listIdentities'> = async ({ context, viewer, params }) => {
  const identity = renderIdentity(context, await getProfile(context, viewer, params));
  return answer(identity === null ? [] : [identity]);
};

/** Who is joined gets the whole account: it takes the same rights as to set its password. */
const linkIdentity: Handler<'linkIdentity'> = async ({ context, viewer, params, body }) => {
  const { username } = await getProfile(context, viewer, params);
  refuseLimited(viewer);
  const { issuer = context.oidcIssuer, subject } = body;
  if (issuer === null) {
    const message = 'is required: this service has no OpenID provider of its own';
    throw new ApiError('request.invalid', { problems: [{ field: 'issuer', message }] });
  }
  const by = viewer.username;
  const linked = await inTransaction(context.db, (tx) =>
    storeIdentity(tx, username, { issuer, subject, by }),
  ).catch(async (error: unknown) => {
    if (findDatabaseTrouble(error) !== 'taken') throw error;
    const holder = await findIdentityHolder(context.db, { issuer, subject });
    throw new ApiError('identity.taken', {
      message: `The identity signs in to the account ${holder ?? 'of somebody else'}: part it there first.`,
      cause: error,
    });
  });
  const view = linked && renderIdentity(context, linked);
  if (view === null)
    throw new ApiError('identity.taken', {
      message: `The account ${username} is joined with an identity already.`,
    });
  context.log.info({ admin: by, username, issuer, subject }, 'identity.linked');
  return answer(view);
};

const unlinkIdentity: Handler<'unlinkIdentity'> = async ({ context, viewer, params }) => {
  const { username } = await getProfile(context, viewer, params);
  refuseLimited(viewer);
  const removed = await inTransaction(context.db, (tx) => removeIdentity(tx, username, viewer.username));
  if (removed === null) throw new ApiError('identity.not-found');
  context.auth.forget();
  context.log.info({ admin: viewer.username, username, ...removed }, 'identity.unlinked');
  return done(`Nobody signs in to ${username} at the OpenID provider any more.`);
};

const listIdentityHistory: Handler<'listIdentityHistory'> = async ({ context, viewer, params, query }) => {
  const { username } = await getProfile(context, viewer, params);
  const changes = await listIdentityChanges(context.db, username, query);
  return answer(
    changes.map(({ action, issuer, subject, created_by, created_at }) => ({
      action,
      username,
      issuer,
      subject,
      createdBy: created_by,
      created: context.formatTime(created_at),
    })),
  );
};

async function getProfile(
  { db }: HttpContext,
  viewer: { readonly username: string },
  params: { readonly username: string },
): Promise<ProfileRow> {
  const profile = await findProfile(db, params.username === 'me' ? viewer.username : params.username);
  if (profile === null) throw new ApiError('profile.not-found');
  return profile;
}

function renderIdentity({ formatTime }: HttpContext, profile: ProfileRow): IdentityView | null {
  const { username, oidc_issuer: issuer, oidc_subject: subject, oidc_linked_by, oidc_linked_at } = profile;
  if (issuer === null || subject === null) return null;
  const linked = oidc_linked_at === null ? null : formatTime(oidc_linked_at);
  return { username, issuer, subject, linkedBy: oidc_linked_by, linked };
}

/** Joining accounts with people whom an OpenID provider knows. */
export const IDENTITY_HANDLERS: Pick<
  HandlersOf<'Profiles'>,
  'listIdentities' | 'linkIdentity' | 'unlinkIdentity' | 'listIdentityHistory'
> = { listIdentities, linkIdentity, unlinkIdentity, listIdentityHistory };
