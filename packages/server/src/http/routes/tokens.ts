import { ApiError } from '@arras/contract';
import type { Principal } from '../../auth/authenticate.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import { boundScopes, findLatestEnd, findOrigin } from '../../auth/token-bounds.ts';
import { inTransaction } from '../../database/connection.ts';
import { findProfile } from '../../database/profiles.ts';
import { insertMadeToken, listOwnedTokens, revokeAnyToken, revokeOwnedToken } from '../../database/tokens.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderToken } from '../views/account-view.ts';
import { DEVICE_HANDLERS } from './devices.ts';

const createToken: Handler<'createToken'> = async ({ context, viewer, body }) => {
  const { name, description = null, username = viewer.username, lifetimeSeconds = null } = body;
  if (username !== viewer.username && !viewer.isAdmin) throw new ApiError('access.admin-only');
  const scopes = boundScopes(viewer, body.scopes);
  const endsBy = await boundEnd(context, viewer, lifetimeSeconds);
  const holder = await findProfile(context.db, username);
  if (holder === null || holder.disabled_at !== null) throw new ApiError('profile.not-found');
  const token = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const row = {
    id: context.newId('token'),
    token_hash: hashToken(token),
    username,
    name,
    description,
    scopes,
    begun_with: await findOrigin(context.db, viewer),
  };
  const stored = await inTransaction(context.db, (tx) =>
    insertMadeToken(tx, row, { lifetimeSeconds, endsBy }),
  );
  if (stored === null) throw new ApiError('auth.revoked');
  return answer({ ...renderToken(context, stored), token });
};

async function boundEnd(
  { db, now }: HttpContext,
  viewer: Principal,
  lifetimeSeconds: number | null,
): Promise<Date | null> {
  const endsBy = await findLatestEnd(db, viewer);
  if (endsBy === null || lifetimeSeconds === null) return endsBy;
  const leftSeconds = Math.max(0, Math.floor((endsBy.getTime() - now().getTime()) / 1000));
  if (lifetimeSeconds <= leftSeconds) return endsBy;
  const message = `expected at most ${leftSeconds}, after which the token that asks ends, got ${lifetimeSeconds}; leave it out, or sign in with a password`;
  throw new ApiError('request.invalid', { problems: [{ field: 'lifetimeSeconds', message }] });
}

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

/** Operations on tokens. */
export const TOKEN_HANDLERS: HandlersOf<'Tokens'> = {
  createToken,
  listTokens,
  revokeToken,
  ...DEVICE_HANDLERS,
};
