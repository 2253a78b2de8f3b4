import {
  ApiError,
  type DeviceCodes,
  type DeviceRequest,
  LONGEST_LIFETIME_SECONDS,
  type Scope,
  scopes,
} from '@arras/contract';
import type { Principal } from '../../auth/authenticate.ts';
import { makeUserCode, readUserCode, USER_CODE_RANDOM_BYTES } from '../../auth/device-codes.ts';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import { boundScopes, findLatestEnd, findOrigin } from '../../auth/token-bounds.ts';
import {
  type DeviceSignInRow,
  decideSignIn,
  findOpenSignIn,
  insertDeviceSignIn,
} from '../../database/device-sign-ins.ts';
import type { HttpContext } from '../context.ts';
import { answerGrant, GrantRefusal } from '../grant-refusal.ts';
import type { Handler, HandlerRequest, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';

/** Seconds for which a code counts: time to find a browser and to sign in there, little to guess. */
const CODE_SECONDS = 600;

/** Seconds between two questions of a program (RFC 8628 section 3.2). */
const INTERVAL_SECONDS = 5;

/** Ninety days: a machine that is used is signed in a few times a year. */
const USUAL_LIFETIME_SECONDS = 7_776_000;

const authorizeDevice: Handler<'authorizeDevice'> = (request) => answerGrant(() => begin(request));

async function begin({ context, body, raw }: HandlerRequest<'authorizeDevice'>): Promise<DeviceCodes> {
  const { ip: address } = raw.request;
  const asked = { client: readClient(body), scopes: readScopes(body), lifetime_seconds: readLifetime(body) };
  if (!context.devices.beginLimit.admits(address))
    throw new GrantRefusal(
      'slow_down',
      'Too many sign-ins were begun from this address; wait a moment.',
      429,
    );
  const deviceCode = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const userCode = await keep(context, { ...asked, address, device_hash: hashToken(deviceCode) });
  const page = `${context.publicUrl()}/ui/device`;
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?code=${userCode}`,
    expires_in: CODE_SECONDS,
    interval: INTERVAL_SECONDS,
  };
}

/** Stores the sign-in under a code that no other has. */
async function keep(
  context: HttpContext,
  asked: Pick<DeviceSignInRow, 'client' | 'scopes' | 'lifetime_seconds' | 'address' | 'device_hash'>,
): Promise<string> {
  for (;;) {
    const code = makeUserCode(context.randomBytes(USER_CODE_RANDOM_BYTES));
    const hashed = { user_code_hash: context.devices.hashUserCode(code), interval_seconds: INTERVAL_SECONDS };
    if ((await insertDeviceSignIn(context.db, { ...asked, ...hashed }, CODE_SECONDS)) !== null) return code;
  }
}

/** People read it beside the question whether they trust it: one plain line, in which nothing is hidden. */
function readClient({ client_id: client = '' }: DeviceRequest): string {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(client)) return client;
  throw new GrantRefusal(
    'invalid_request',
    'client_id is required: what the program calls itself, in at most 64 plain characters.',
  );
}

function readScopes({ scope = '' }: DeviceRequest): readonly Scope[] | null {
  if (scope.trim() === '') return null;
  const parsed = scopes().safeParse(scope.trim());
  if (parsed.success) return parsed.data;
  throw new GrantRefusal('invalid_scope', `scope: ${parsed.error.issues[0]?.message ?? 'is not known'}.`);
}

function readLifetime({ lifetime = USUAL_LIFETIME_SECONDS }: DeviceRequest): number {
  const seconds = Number(lifetime);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_LIFETIME_SECONDS) return seconds;
  throw new GrantRefusal('invalid_request', `lifetime: expected 1 to ${LONGEST_LIFETIME_SECONDS} seconds.`);
}

const showDeviceSignIn: Handler<'showDeviceSignIn'> = async ({ context, viewer, params }) => {
  const { signIn, code } = await getOpenSignIn(context, viewer, params.code);
  const { client, address, scopes: asked, lifetime_seconds, created_at, expires_at } = signIn;
  return answer({
    userCode: code,
    client,
    address,
    scopes: asked === null ? viewer.scopes && [...viewer.scopes] : [...asked],
    lifetimeSeconds: lifetime_seconds,
    created: context.formatTime(created_at),
    expires: context.formatTime(expires_at),
  });
};

const decideDeviceSignIn: Handler<'decideDeviceSignIn'> = async ({ context, viewer, params, body }) => {
  const { signIn, code } = await getOpenSignIn(context, viewer, params.code);
  const isApproved = body.decision === 'APPROVE';
  const { username } = viewer;
  const approval = isApproved
    ? {
        username,
        scopes: boundScopes(viewer, signIn.scopes ?? undefined),
        madeWith: await findOrigin(context.db, viewer),
        endsBy: await findLatestEnd(context.db, viewer),
      }
    : null;
  if (!(await decideSignIn(context.db, context.devices.hashUserCode(code), approval)))
    throw new ApiError('device.not-found');
  const { client, address } = signIn;
  context.log.info({ username, client, address, decision: body.decision }, 'device.decided');
  return done(isApproved ? `${client} is signed in as ${username}.` : `${client} was refused.`);
};

/** Codes are short: who tries ones that there are not has to wait (RFC 8628 section 5.1). Throws ApiError. */
async function getOpenSignIn(
  { db, devices }: HttpContext,
  { username }: Principal,
  typed: string,
): Promise<{ readonly signIn: DeviceSignInRow; readonly code: string }> {
  // Counted before it is known: of many at the same time all would find room otherwise.
  if (!devices.codeLimit.admits(username)) throw new ApiError('rate.limited');
  const code = readUserCode(typed);
  const signIn = code === null ? null : await findOpenSignIn(db, devices.hashUserCode(code));
  if (code === null || signIn === null) throw new ApiError('device.not-found');
  devices.codeLimit.giveBack(username);
  return { signIn, code };
}

/** Signing in on machines without a browser. */
export const DEVICE_HANDLERS: Pick<
  HandlersOf<'Tokens'>,
  'authorizeDevice' | 'showDeviceSignIn' | 'decideDeviceSignIn'
> = { authorizeDevice, showDeviceSignIn, decideDeviceSignIn };
