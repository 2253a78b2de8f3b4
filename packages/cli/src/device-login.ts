import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@arras/client';
import { DEVICE_GRANT, type DeviceCodes, isRecord } from '@arras/contract';
import { EXIT } from './exit-codes.ts';
import { Refusal } from './refusal.ts';

/** A program that wants a token. */
export interface DeviceLogin {
  readonly url: string;
  /** What the program calls itself. */
  readonly clientName: string;
  readonly lifetimeSeconds: number;
  readonly scopes: string | undefined;
  /** Shows the user where to approve, and with which code. */
  readonly show: (codes: DeviceCodes) => Promise<void>;
}

/** Seconds that are added when the service asks to slow down, and after an outage (RFC 8628 section 3.5). */
const SLOWER_SECONDS = 5;

/**
 * A token that the user approves in a browser, on whatever machine (RFC 8628). Outages are waited out for as long as the code
 * counts. @throws Refusal when the user refuses or takes too long.
 */
export async function signInByDevice({ url, show, ...asked }: DeviceLogin): Promise<string> {
  const codes = await createClient({ url }).call('authorizeDevice', {
    body: {
      client_id: asked.clientName,
      lifetime: asked.lifetimeSeconds,
      ...(asked.scopes !== undefined && { scope: asked.scopes.replaceAll(',', ' ') }),
    },
  });
  await show(codes);
  const until = performance.now() + codes.expires_in * 1_000;
  let interval = codes.interval;
  while (performance.now() < until) {
    await delay(interval * 1_000);
    const answer = await askOnce(url, { deviceCode: codes.device_code, clientName: asked.clientName });
    if (answer.kind === 'token') return answer.token;
    if (answer.kind === 'slower') interval += SLOWER_SECONDS;
    if (answer.kind === 'refused') throw refusal(answer.why);
  }
  throw refusal('The code was not approved in time.');
}

type Answer =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'pending' | 'slower' }
  | { readonly kind: 'refused'; readonly why: string };

async function askOnce(
  url: string,
  { deviceCode, clientName }: { readonly deviceCode: string; readonly clientName: string },
): Promise<Answer> {
  const body = new URLSearchParams({
    grant_type: DEVICE_GRANT,
    device_code: deviceCode,
    client_id: clientName,
  });
  const found = await fetch(`${url}/token`, { method: 'POST', body, signal: AbortSignal.timeout(30_000) })
    .then(async (response) => ({ status: response.status, json: await response.json() }))
    // The network, or something on the way that is not the service.
    .catch(() => null);
  if (found === null || !isRecord(found.json) || found.status >= 500) return { kind: 'slower' };
  const { access_token: token, error, error_description: why } = found.json;
  if (typeof token === 'string') return { kind: 'token', token };
  if (error === 'authorization_pending') return { kind: 'pending' };
  if (error === 'slow_down') return { kind: 'slower' };
  return { kind: 'refused', why: typeof why === 'string' ? why : 'The service gave no token.' };
}

function refusal(why: string): Refusal {
  return new Refusal({
    what: 'Nobody was signed in.',
    why,
    todo: 'Begin again, and approve the code that is shown then.',
    exitCode: EXIT.forbidden,
  });
}
