import { ApiError, type ClientSubscription, type TenantView } from '@arras/contract';
import type { FastifyRequest } from 'fastify';
import { readBasicCredentials } from '../../auth/basic-credentials.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import {
  deleteClient as eraseClient,
  findClient,
  insertClient,
  listClients as readClients,
} from '../../database/clients.ts';
import type { ClientRow } from '../../database/tables.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderClient } from '../views/client-view.ts';
import { linkTo } from '../views/links.ts';
import { grantTokens } from './grant-tokens.ts';

/** The user that HTTP Basic names and proves. Throws ApiError. */
async function signIn(context: HttpContext, request: FastifyRequest): Promise<string> {
  const given = readBasicCredentials(request.headers.authorization);
  if (given === null) {
    throw new ApiError('auth.missing', {
      message: 'Clients are managed with your user name and password: send them with HTTP Basic.',
    });
  }
  const { name: username, secret: password } = given;
  const verdict = await context.checkPassword({ username, password, address: request.ip });
  if (verdict.kind === 'right') return verdict.profile.username;
  throw new ApiError(verdict.kind === 'limited' ? 'rate.limited' : 'auth.wrong-password');
}

const listClients: Handler<'listClients'> = async ({ context, query, raw }) => {
  const username = await signIn(context, raw.request);
  const clients = await readClients(context.db, username, query);
  return answer(clients.map((client) => renderClient(context, client)));
};

const createClient: Handler<'createClient'> = async ({ context, body, raw }) => {
  const username = await signIn(context, raw.request);
  const secret = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const made = await insertClient(context.db, {
    username,
    name: body.clientName,
    consumer_key: Buffer.from(context.randomBytes(KEY_BYTES)).toString('hex'),
    secret_hash: hashToken(secret),
    description: body.description || null,
    callback_url: body.callbackUrl || null,
    tier: body.tier || DEFAULT_TIER,
  });
  if (made === null) throw new ApiError('client.exists');
  return answer({ ...renderClient(context, made), consumerSecret: secret });
};

/** Bytes of a consumer key: not a secret, but nothing to count through either. */
const KEY_BYTES = 14;
const DEFAULT_TIER = 'Unlimited';

const showClient: Handler<'showClient'> = async ({ context, params, raw }) => {
  const client = await getClient(context, raw.request, params.name);
  return answer(renderClient(context, client));
};

const deleteClient: Handler<'deleteClient'> = async ({ context, params, raw }) => {
  const username = await signIn(context, raw.request);
  if (!(await eraseClient(context.db, username, params.name))) throw new ApiError('client.not-found');
  context.auth.forget();
  return done(`Client ${params.name} was deleted.`);
};

const listClientSubscriptions: Handler<'listClientSubscriptions'> = async ({ context, params, raw }) => {
  const client = await getClient(context, raw.request, params.name);
  return answer(SERVICES.map((name) => renderSubscription(context, client, name)));
};

const SERVICES = ['Apps', 'Files', 'Jobs', 'Notifications', 'Profiles', 'Systems'] as const;

function renderSubscription(
  context: HttpContext,
  { tier }: ClientRow,
  name: (typeof SERVICES)[number],
): ClientSubscription {
  const self = linkTo(context, name.toLowerCase(), 'v2');
  return { name, version: 'v2', provider: 'admin', status: 'UNBLOCKED', tier, _links: { self } };
}

async function getClient(context: HttpContext, request: FastifyRequest, name: string): Promise<ClientRow> {
  const username = await signIn(context, request);
  const client = await findClient(context.db, username, name);
  if (client !== null) return client;
  throw new ApiError('client.not-found');
}

const listTenants: Handler<'listTenants'> = async ({ context }) => answer([renderTenant(context)]);

function renderTenant(context: HttpContext): TenantView {
  const { tenant } = context;
  return {
    id: tenant,
    code: tenant,
    name: tenant,
    baseUrl: `${context.publicUrl()}/`,
    status: 'LIVE',
    contact: [],
    _links: { self: linkTo(context, 'tenants', 'v2') },
  };
}

/** How programs written for the original sign in. */
export const CLIENT_HANDLERS: HandlersOf<'Clients'> = {
  listClients,
  createClient,
  showClient,
  deleteClient,
  listClientSubscriptions,
  grantTokens,
  listTenants,
};
