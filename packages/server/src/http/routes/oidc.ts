import { ApiError } from '@arras/contract';
import type { OidcSignIn } from '../../auth/oidc/sign-in.ts';
import { findDatabaseTrouble } from '../../database/trouble.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import type { BytesReply } from '../reply.ts';

/** Sends the browser to the OpenID provider. */
export const startOidcSignIn: Handler<'startOidcSignIn'> = async ({ context }) => {
  const { location, cookie } = await getSignIn(context).begin();
  const headers = { location, 'set-cookie': cookie, 'content-type': 'text/plain' };
  return { kind: 'bytes', body: '', headers };
};

/** Takes the browser back. People look at this answer, so what went wrong is said on a page. */
export const finishOidcSignIn: Handler<'finishOidcSignIn'> = async (request) => {
  const { context } = request;
  const signIn = getSignIn(context);
  try {
    const cookie = await finish(request, signIn);
    const page = renderPage({
      title: 'Signed in',
      text: 'You are signed in.',
      next: homeOf(context),
      goOn: true,
    });
    return htmlReply(200, page, [cookie, signIn.forget()]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const text = error.message;
    const page = renderPage({ title: 'Not signed in', text, next: homeOf(context), goOn: false });
    return htmlReply(error.status, page, [signIn.forget()]);
  }
};

async function finish(
  { context, query, raw: { request } }: HandlerRequest<'finishOidcSignIn'>,
  signIn: OidcSignIn,
): Promise<string> {
  const { cookie, 'user-agent': userAgent = '' } = request.headers;
  const { profile, signInHash } = await signIn.finish({ query, cookie, address: request.ip });
  const { username, oidc_issuer, oidc_subject } = profile;
  const identity = { issuer: oidc_issuer ?? '', subject: oidc_subject ?? '' };
  const proof = { username, begunWith: null, scopes: null, endsBy: null, signInHash, identity, userAgent };
  try {
    return (await context.beginSession(proof)).cookie;
  } catch (error) {
    if (findDatabaseTrouble(error) !== 'taken') throw error;
    throw new ApiError('session.sign-in-failed', {
      message: 'This sign-in has been used already.',
      cause: error,
    });
  }
}

function getSignIn({ oidc }: HttpContext): OidcSignIn {
  if (oidc === null) throw new ApiError('session.no-provider');
  return oidc;
}

function homeOf({ publicUrl }: HttpContext): string {
  return `${publicUrl()}/`;
}

/** Unlike other answers this one is not in a sandbox, in which a page may not go on by itself. */
const PAGE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function htmlReply(status: number, body: string, cookies: string[]): BytesReply {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'set-cookie': cookies,
  };
  return { kind: 'bytes', status, body, headers };
}

/**
 * A page that goes on to the next. A redirect would not do: with one the browser still counts the site of the provider
 * as what caused the request, and keeps the cookie of the session to itself (RFC 6265bis section 5.2).
 */
function renderPage(page: {
  readonly title: string;
  readonly text: string;
  readonly next: string;
  readonly goOn: boolean;
}): string {
  const next = escapeHtml(page.next);
  const refresh = page.goOn ? `<meta http-equiv="refresh" content="0;url=${next}">` : '';
  return `<!doctype html><html lang="en"><meta charset="utf-8">${refresh}<title>${escapeHtml(page.title)}</title><p>${escapeHtml(page.text)}</p><p><a href="${next}">Go on</a></p></html>\n`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
