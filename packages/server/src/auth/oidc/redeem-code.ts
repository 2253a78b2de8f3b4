import { ApiError } from '@arras/contract';
import { z } from 'zod';
import type { IssuerMetadata } from './issuer.ts';
import type { CallIssuer } from './issuer-calls.ts';
import { IssuerUnreachable } from './issuer-calls.ts';

/** Who redeems a code. */
export interface CodeOwner {
  readonly clientId: string;
  /** null: a public client. */
  readonly clientSecret: string | null;
  readonly redirectUri: string;
}

const answerSchema = z.object({ id_token: z.string().max(16_384) });

/**
 * The ID token that the provider gives for a code (OpenID Connect Core 1.0 section 3.1.3). Throws ApiError when the code
 * does not count, and {@link IssuerUnreachable}.
 */
export async function redeemCode(
  call: CallIssuer,
  metadata: IssuerMetadata,
  request: CodeOwner & { readonly code: string; readonly verifier: string },
): Promise<string> {
  const { token_endpoint: url } = metadata;
  if (url === undefined) throw new IssuerUnreachable('the discovery document lacks the token_endpoint');
  const { headers, fields } = proveClient(metadata, request);
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: request.code,
    redirect_uri: request.redirectUri,
    code_verifier: request.verifier,
    ...fields,
  });
  const { status, json } = await call({
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: body.toString(),
  });
  if (status >= 500) throw new IssuerUnreachable(`it answered with ${status} when a code was redeemed`);
  const parsed = answerSchema.safeParse(json);
  if (status === 200 && parsed.success) return parsed.data.id_token;
  throw new ApiError('session.sign-in-failed', {
    message: 'Your identity provider did not confirm the sign-in.',
  });
}

/** RFC 6749 section 2.3.1: name and secret are form-encoded before they go into the header. */
function proveClient(
  { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] }: IssuerMetadata,
  { clientId, clientSecret }: CodeOwner,
): { readonly headers: Readonly<Record<string, string>>; readonly fields: Readonly<Record<string, string>> } {
  if (clientSecret === null) return { headers: {}, fields: { client_id: clientId } };
  if (!methods.includes('client_secret_basic'))
    return { headers: {}, fields: { client_id: clientId, client_secret: clientSecret } };
  const pair = [clientId, clientSecret].map((text) => new URLSearchParams({ '': text }).toString().slice(1));
  return {
    headers: { authorization: `Basic ${Buffer.from(pair.join(':')).toString('base64')}` },
    fields: {},
  };
}
