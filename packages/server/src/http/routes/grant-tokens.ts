import { ACCESS_TOKEN_SECONDS, DEVICE_GRANT, type GrantedTokens, type TokenGrant } from '@arras/contract';
import { readBasicCredentials } from '../../auth/basic-credentials.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import {
  type AccessGrant,
  type ClientProof,
  findProvenClient,
  insertGrant,
  refreshGrant,
} from '../../database/clients.ts';
import { inTransaction } from '../../database/connection.ts';
import { findProfile } from '../../database/profiles.ts';
import type { ClientRow, ProfileRow } from '../../database/tables.ts';
import type { HttpContext } from '../context.ts';
import { answerGrant, GrantRefusal } from '../grant-refusal.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import { grantToDevice } from './grant-device.ts';

type Request = HandlerRequest<'grantTokens'>;

/** Grants tokens to a client, or says why not in the form of OAuth (RFC 6749 section 5.2). */
export const grantTokens: Handler<'grantTokens'> = (request) => answerGrant(() => grant(request));

function grant(request: Request): Promise<GrantedTokens> {
  switch (request.body.grant_type) {
    case 'refresh_token':
      return refresh(request);
    case 'password':
      return grantByPassword(request);
    case 'client_credentials':
      return grantToClient(request);
    case 'admin_password':
      return grantToAnother(request);
    case DEVICE_GRANT:
      return grantToDevice(request.context, request.body);
    case undefined:
      throw new GrantRefusal('invalid_request', 'grant_type is required.');
    default:
      throw new GrantRefusal(
        'unsupported_grant_type',
        'Expected the grant_type password, refresh_token, client_credentials, admin_password or device_code.',
      );
  }
}

/** No password is looked at: the secrets are random, so a plain hash of each is enough. */
async function refresh({ context, body, raw }: Request): Promise<GrantedTokens> {
  const token = needField(body, 'refresh_token');
  const proof = readProof(body, raw);
  const access = makeAccess(context);
  const granted = await refreshGrant(context.db, {
    ...proof,
    refreshHash: hashToken(token),
    access: access.stored,
  });
  if (granted) return describe(body, access.token, token);
  await getClient(context, proof);
  throw new GrantRefusal('invalid_grant', 'The refresh token is unknown or has expired; sign in again.');
}

async function grantByPassword(request: Request): Promise<GrantedTokens> {
  const client = await getClient(request.context, readProof(request.body, request.raw));
  const { username } = await signIn(request);
  return issue(request, { client, username, withRefresh: true });
}

/** The client acts for the user who registered it. */
async function grantToClient(request: Request): Promise<GrantedTokens> {
  const client = await getClient(request.context, readProof(request.body, request.raw));
  return issue(request, { client, username: client.username, withRefresh: false });
}

/** An administrator gets a token for somebody else. */
async function grantToAnother(request: Request): Promise<GrantedTokens> {
  const { context, body, raw } = request;
  const client = await getClient(context, readProof(body, raw));
  const wanted = needField(body, 'token_username');
  const admin = await signIn(request);
  if (!admin.is_admin) throw new GrantRefusal('unauthorized_client', 'Only an administrator may do this.');
  const profile = await findProfile(context.db, wanted);
  if (profile === null || profile.disabled_at !== null) {
    throw new GrantRefusal('invalid_grant', 'There is no user of the name token_username who may sign in.');
  }
  context.log.info({ admin: admin.username, username: wanted }, 'token.granted-to-another');
  return issue(request, { client, username: wanted, withRefresh: false });
}

async function signIn({ context, body, raw }: Request): Promise<ProfileRow> {
  const verdict = await context.checkPassword({
    username: needField(body, 'username'),
    password: needField(body, 'password'),
    address: raw.request.ip,
  });
  if (verdict.kind === 'right') return verdict.profile;
  if (verdict.kind === 'limited')
    throw new GrantRefusal('slow_down', 'Too many attempts; wait a moment.', 429);
  throw new GrantRefusal('invalid_grant', 'The user name or the password is wrong.');
}

async function getClient(context: HttpContext, proof: ClientProof): Promise<ClientRow> {
  const client = await findProvenClient(context.db, proof);
  if (client !== null) return client;
  throw new GrantRefusal('invalid_client', 'The consumer key is unknown, or the consumer secret is wrong.');
}

function readProof(body: TokenGrant, { request }: Request['raw']): ClientProof {
  const basic = readBasicCredentials(request.headers.authorization);
  const { client_id: name, client_secret: secret } = body;
  if (basic !== null) return toProof(basic.name, basic.secret);
  if (name !== undefined && secret !== undefined) return toProof(name, secret);
  throw new GrantRefusal('invalid_client', 'Send the consumer key and secret of a client with HTTP Basic.');
}

function toProof(consumerKey: string, secret: string): ClientProof {
  return { consumerKey, secretHash: hashToken(secret) };
}

function needField(body: TokenGrant, name: keyof TokenGrant): string {
  const value = body[name];
  if (value !== undefined && value !== '') return value;
  throw new GrantRefusal('invalid_request', `${name} is required for this grant_type.`);
}

interface Access {
  readonly token: string;
  readonly stored: AccessGrant;
}

function makeAccess(context: HttpContext): Access {
  const token = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const stored = {
    id: context.newId('token'),
    tokenHash: hashToken(token),
    lifetimeSeconds: ACCESS_TOKEN_SECONDS,
  };
  return { token, stored };
}

async function issue(
  { context, body }: Request,
  to: { readonly client: ClientRow; readonly username: string; readonly withRefresh: boolean },
): Promise<GrantedTokens> {
  const access = makeAccess(context);
  const refreshToken = to.withRefresh ? makeToken(context.randomBytes(TOKEN_RANDOM_BYTES)) : undefined;
  await inTransaction(context.db, (tx) =>
    insertGrant(tx, {
      ...to,
      access: access.stored,
      refreshHash: refreshToken === undefined ? null : hashToken(refreshToken),
    }),
  );
  return describe(body, access.token, refreshToken);
}

function describe({ scope }: TokenGrant, token: string, refreshToken: string | undefined): GrantedTokens {
  return {
    access_token: token,
    ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    expires_in: ACCESS_TOKEN_SECONDS,
    token_type: 'bearer',
    scope: scope ?? 'default',
  };
}
