import { type GrantedTokens, type TokenGrant } from '@arras/contract';
import { hashToken, makeToken, TOKEN_RANDOM_BYTES } from '../../auth/token.ts';
import { type Db, inTransaction } from '../../database/connection.ts';
import { lockSignIn, notePoll, type PolledSignIn, removeSignIn } from '../../database/device-sign-ins.ts';
import { findProfile } from '../../database/profiles.ts';
import { findTokenHolders, insertMadeToken } from '../../database/tokens.ts';
import type { HttpContext } from '../context.ts';
import { GrantRefusal } from '../grant-refusal.ts';

/** Seconds that are added when a program asks too soon (RFC 8628 section 3.5). */
const SLOWER_SECONDS = 5;

/**
 * The token of a program whose user has approved it, once (RFC 8628 section 3.4). Several replicas may be asked at the same
 * time: the row is locked, and gone with the token that it gave. Throws {@link GrantRefusal}.
 */
export async function grantToDevice(context: HttpContext, body: TokenGrant): Promise<GrantedTokens> {
  const { device_code: deviceCode = '', client_id: client = '' } = body;
  if (deviceCode === '' || client === '')
    throw new GrantRefusal('invalid_request', 'device_code and client_id are required for this grant_type.');
  const deviceHash = hashToken(deviceCode);
  // A refusal is a value here: what was noted of it is to stay.
  const outcome = await inTransaction(context.db, async (tx) => {
    const signIn = await lockSignIn(tx, deviceHash);
    return signIn === null || signIn.client !== client ? UNKNOWN : settle(tx, context, signIn);
  });
  if (outcome instanceof GrantRefusal) throw outcome;
  return outcome;
}

const UNKNOWN = new GrantRefusal(
  'invalid_grant',
  'The device code is unknown, used, or that of another client.',
);

async function settle(
  tx: Db,
  context: HttpContext,
  signIn: PolledSignIn,
): Promise<GrantedTokens | GrantRefusal> {
  const { device_hash: deviceHash, decision, interval_seconds: interval } = signIn;
  if (signIn.isOver)
    return new GrantRefusal('expired_token', 'The code was not approved in time; begin again.');
  if (decision === null) {
    const next = signIn.isTooSoon ? interval + SLOWER_SECONDS : interval;
    await notePoll(tx, deviceHash, next);
    return signIn.isTooSoon
      ? new GrantRefusal('slow_down', `Wait ${next} seconds between two questions.`)
      : new GrantRefusal('authorization_pending', 'The user has not decided yet.');
  }
  await removeSignIn(tx, deviceHash);
  const isGood = decision === 'APPROVE' && (await isApproverGood(tx, signIn));
  return isGood ? issue(tx, context, signIn) : new GrantRefusal('access_denied', 'The user has refused.');
}

/** What has ended since the approval gives nothing any more. */
async function isApproverGood(tx: Db, { username, made_with }: PolledSignIn): Promise<boolean> {
  const profile = await findProfile(tx, username ?? '');
  if (profile === null || profile.disabled_at !== null) return false;
  if (made_with === null) return true;
  return (await findTokenHolders(tx, [made_with])).get(made_with)?.state === 'valid';
}

async function issue(
  tx: Db,
  context: HttpContext,
  signIn: PolledSignIn,
): Promise<GrantedTokens | GrantRefusal> {
  const { username, client, address, scopes, lifetime_seconds, made_with, ends_by } = signIn;
  const token = makeToken(context.randomBytes(TOKEN_RANDOM_BYTES));
  const row = await insertMadeToken(
    tx,
    {
      id: context.newId('token'),
      token_hash: hashToken(token),
      username: username ?? '',
      name: client,
      description: `signed in from ${address}`,
      kind: 'device',
      scopes,
      begun_with: made_with,
    },
    { lifetimeSeconds: lifetime_seconds, endsBy: ends_by },
  );
  if (row === null) return new GrantRefusal('access_denied', 'The token of the user who approved has ended.');
  const leftMs = (row.expires_at?.getTime() ?? 0) - context.now().getTime();
  return {
    access_token: token,
    expires_in: Math.max(1, Math.floor(leftMs / 1000)),
    token_type: 'bearer',
    scope: scopes?.join(' ') ?? 'default',
  };
}
