import { ApiError, type SessionView } from '@arras/contract';
import type { FastifyRequest } from 'fastify';
import { isCausedByForeignPage } from '../../auth/own-pages.ts';
import type { SignedIn } from '../../auth/sessions.ts';
import type { ProfileRow, TokenRow } from '../../database/tables.ts';
import { endToken, findToken } from '../../database/tokens.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlerRequest, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { finishOidcSignIn, startOidcSignIn } from './oidc.ts';

const listSignInWays: Handler<'listSignInWays'> = async ({ context }) => {
  const { oidc, publicUrl } = context;
  const provider = oidc && { name: oidc.name, href: `${publicUrl()}/sessions/v2/oidc` };
  return answer({ password: true, token: true, device: true, oidc: provider });
};

const createSession: Handler<'createSession'> = async ({ context, body, raw: { request } }) => {
  // Or a page could sign somebody in as somebody else, and watch what they do there.
  if (isCausedByForeignPage(request.headers, context.publicUrl)) throw new ApiError('access.foreign-origin');
  const { username = '', password = '', token } = body;
  const proof =
    token === undefined
      ? await signInWithPassword(context, { username, password, address: request.ip })
      : await signInWithToken(context, token);
  const byProvider = { signInHash: null, identity: null };
  const session = await context.beginSession({ ...proof, ...byProvider, userAgent: userAgentOf(request) });
  return answer(renderSession(context, session.row, proof.isAdmin), {
    headers: { 'set-cookie': session.cookie },
  });
};

type Proof = Omit<SignedIn, 'signInHash' | 'identity' | 'userAgent'> & { readonly isAdmin: boolean };

async function signInWithPassword(
  context: HttpContext,
  attempt: { readonly username: string; readonly password: string; readonly address: string },
): Promise<Proof> {
  const verdict = await context.checkPassword(attempt);
  if (verdict.kind === 'right') return proofOf(verdict.profile);
  throw new ApiError(verdict.kind === 'limited' ? 'rate.limited' : 'auth.wrong-password');
}

function proofOf({ username, is_admin }: ProfileRow): Proof {
  return { username, isAdmin: is_admin, begunWith: null, scopes: null, endsBy: null };
}

/** A session cannot begin another one: that would outlive the token that both came from. */
async function signInWithToken(context: HttpContext, token: string): Promise<Proof> {
  const principal = await context.auth.authenticate({ authorization: `Bearer ${token}` });
  const row = await findToken(context.db, principal.tokenId);
  if (row === null || row.kind === 'session') throw new ApiError('auth.invalid');
  const { username, isAdmin, tokenId, scopes } = principal;
  return { username, isAdmin, begunWith: tokenId, scopes, endsBy: row.expires_at };
}

/** What the browser calls itself. */
function userAgentOf(request: FastifyRequest): string {
  return request.headers['user-agent'] ?? '';
}

const showSession: Handler<'showSession'> = async ({ context, viewer }) => {
  const row = await findToken(context.db, viewer.tokenId);
  if (row === null) throw new ApiError('auth.invalid');
  return answer(renderSession(context, row, viewer.isAdmin));
};

function renderSession(context: HttpContext, row: TokenRow, isAdmin: boolean): SessionView {
  const { username, expires_at, scopes } = row;
  return {
    username,
    isAdmin,
    expires: expires_at === null ? null : context.formatTime(expires_at),
    scopes: scopes === null ? null : [...scopes],
  };
}

const deleteSession: Handler<'deleteSession'> = async ({
  context,
  viewer,
}: HandlerRequest<'deleteSession'>) => {
  await endToken(context.db, viewer.tokenId);
  context.auth.forget();
  return { ...done('You are signed out.'), headers: { 'set-cookie': context.cookies.end() } };
};

/** Signing in and out of a browser. */
export const SESSION_HANDLERS: HandlersOf<'Sessions'> = {
  listSignInWays,
  createSession,
  startOidcSignIn,
  finishOidcSignIn,
  showSession,
  deleteSession,
};
