import { ApiError, MAX_POSTITS, neededScope, type PostitRequest, type RouteTag } from '@arras/contract';
import { findMissingScope } from '../../auth/admit.ts';
import type { Principal } from '../../auth/authenticate.ts';
import { hashPostit, makePostit, openPostit, sealPostit } from '../../auth/postit.ts';
import { inTransaction } from '../../database/connection.ts';
import {
  deletePostit as erasePostit,
  insertPostit,
  listPostits as readPostits,
  usePostit,
} from '../../database/postits.ts';
import { findOwnTarget } from '../../domain/own-address.ts';
import { callForBytes } from '../call-operation.ts';
import type { HttpContext } from '../context.ts';
import { type FoundOperation, findOperation } from '../find-operation.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { queryTextOf } from '../query-memo.ts';
import { answer, done } from '../reply.ts';
import { renderPostit } from '../views/postit-view.ts';

/** What a postit can be for: nothing that tells or makes secrets, nor what goes on for long. */
const TAGS: readonly RouteTag[] = [
  'Jobs',
  'Notifications',
  'Systems',
  'Apps',
  'Files',
  'Metadata',
  'Profiles',
  'Uuids',
];

/** Parameters with which an answer waits or goes on. */
const LASTING = ['follow', 'wait'] as const;

const listPostits: Handler<'listPostits'> = async ({ context, viewer, query }) => {
  const rows = await readPostits(context.db, viewer.username, query);
  return answer(rows.map((row) => renderPostit(context, row, openPostit(context.secrets, row))));
};

const createPostit: Handler<'createPostit'> = async ({ context, viewer, body }) => {
  const target = readTarget(context, viewer, body.url);
  const postit = makePostit(context.randomBytes);
  const row = {
    postit_hash: hashPostit(postit),
    sealed: sealPostit(context.secrets, postit),
    creator: viewer.username,
    target,
    ...settingsOf(body),
  };
  const limits = { lifetimeSeconds: body.lifetime, most: MAX_POSTITS };
  const made = await inTransaction(context.db, (tx) => insertPostit(tx, row, limits));
  if (made === null) throw new ApiError('postit.too-many');
  return answer(renderPostit(context, made, postit));
};

function settingsOf({ url, noauth, force, unlimited, maxUses }: PostitRequest) {
  return {
    url,
    authenticated: !noauth,
    attachment: force,
    remaining_uses: unlimited ? null : maxUses,
  };
}

/** The part of the address below ours. Whoever makes a postit must be able to call it with the token at hand. */
function readTarget({ publicUrl }: HttpContext, viewer: Principal, url: string): string {
  const target = findOwnTarget(url, publicUrl());
  const found = target === null ? null : findOperation(target);
  if (target === null || found === null || !isAllowed(found)) {
    throw refused(
      `expected an address of ${publicUrl()} that answers GET with jobs, files or other resources`,
    );
  }
  const asked = new URLSearchParams(queryTextOf({ url: target }));
  const lasting = LASTING.find((name) => asked.has(name));
  if (lasting !== undefined) throw refused(`expected an address without the parameter ${lasting}`);
  const missing = findMissingScope(viewer, neededScope(found.route));
  if (missing !== null) throw missing;
  // It would be read without limits then, in areas that the token has no scope for.
  if (viewer.scopes !== null && asked.has('expand'))
    throw refused('expected an address without the parameter expand, as the token is limited to some scopes');
  return target;
}

function isAllowed({ route }: FoundOperation): boolean {
  return route.access !== 'public' && TAGS.includes(route.tag);
}

function refused(message: string): ApiError {
  return new ApiError('request.invalid', { problems: [{ field: 'url', message }] });
}

/**
 * Counted first: what fails afterwards has been used as well, so that no more requests than allowed ever reach the
 * target. It is called as the creator would call it now.
 */
const redeemPostit: Handler<'redeemPostit'> = async ({ context, params, query, raw }) => {
  const { ip } = raw.request;
  if (!context.guessLimit.hasRoom(ip)) throw new ApiError('rate.limited');
  const use = await usePostit(context.db, hashPostit(params.postit));
  const found = use === null ? null : findOperation(use.target);
  if (use === null || found === null || !isAllowed(found)) {
    context.guessLimit.admits(ip);
    throw new ApiError('postit.not-found');
  }
  const target = use.attachment || query.force ? asAttachment(use.target) : use.target;
  const viewer = use.authenticated ? creatorOf(context, use) : null;
  return callForBytes(context, { found, target, viewer, raw });
};

function asAttachment(target: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}force=true`;
}

/** There is no token behind it: what lasted longer than the request would end at once. */
function creatorOf(
  { newId }: HttpContext,
  { creator, is_admin }: { readonly creator: string; readonly is_admin: boolean },
): Principal {
  return { username: creator, isAdmin: is_admin, tokenId: newId('token'), scopes: null };
}

const deletePostit: Handler<'deletePostit'> = async ({ context, viewer, params }) => {
  if (!(await erasePostit(context.db, viewer.username, hashPostit(params.postit))))
    throw new ApiError('postit.not-found');
  return done('The postit was deleted.');
};

/** Operations on postits. */
export const POSTIT_HANDLERS: HandlersOf<'Postits'> = {
  listPostits,
  createPostit,
  redeemPostit,
  deletePostit,
};
