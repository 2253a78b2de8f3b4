import type { JobView } from '@arras/contract';
import { decodeBase64, matchesSignature } from './webhook-signature.ts';

/** The event that a call is about. */
export interface WebhookEvent {
  /** The same in every repetition and replay. */
  readonly id: string;
  /** Counts the events of one job from 1, without gaps. */
  readonly seq: number;
  readonly name: string;
  readonly created: string;
  readonly description: string | null;
  /** Numbers of earlier events that could not be delivered. */
  readonly missed?: readonly number[];
}

/** The body of a call about a job: the job as it was at the event, and the event. */
export type JobWebhook = JobView & {
  readonly event: WebhookEvent;
  /** What a program inside the job sent with its own event. */
  readonly data?: Readonly<Record<string, unknown>>;
};

/** A call as it arrived. */
export interface IncomingWebhook {
  /** Exactly as it arrived: parsed and printed again it has another signature. */
  readonly body: string | Uint8Array;
  /** Of `fetch`, or of Node's `request.headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The signing secret, `whsec_…`; several while a new one replaces an old one. */
  readonly secret: string | readonly string[];
  /** How far the time of sending may be from now, in seconds. Default: 300. */
  readonly toleranceSeconds?: number;
  /** Default: the clock. */
  readonly now?: Date;
}

/** A call that comes from whoever knows the secret. */
export interface VerifiedWebhook<Payload> {
  /** `webhook-id`: remember it, a call may come twice. */
  readonly id: string;
  readonly sentAt: Date;
  readonly payload: Payload;
}

const REASONS = {
  'header-missing': 'webhook-id, webhook-timestamp or webhook-signature is missing: the call is not signed',
  'timestamp-unreadable': 'webhook-timestamp is not a whole number of seconds',
  'too-old': 'the call was sent too long ago: it may be a recording',
  'too-new': 'the call was sent in the future: compare the clocks',
  'signature-unreadable': 'webhook-signature holds no signature of version v1',
  'signature-wrong':
    'no signature is right under any of the secrets: the body was changed, or the secret is another',
  'body-unreadable': 'the body is not JSON',
} as const;

/** Why a call is not to be believed. */
export type WebhookRefusalReason = keyof typeof REASONS;

/** The call is not to be believed: answer 400 or 401 and do nothing. */
export class WebhookRefusal extends Error {
  override readonly name = 'WebhookRefusal';
  readonly reason: WebhookRefusalReason;

  constructor(reason: WebhookRefusalReason) {
    super(`The webhook is refused: ${REASONS[reason]}`);
    this.reason = reason;
  }
}

const DEFAULT_TOLERANCE_SECONDS = 300;

/**
 * Checks a call against Standard Webhooks v1 and gives what it says. Throws, and does not answer false, because a
 * result that nobody looks at must not let a forgery through. `Payload` is what was subscribed to; the default is a
 * job's events.
 *
 * @throws WebhookRefusal when the call is not to be believed; TypeError for a secret that cannot be read.
 */
export async function verifyWebhook<Payload = JobWebhook>(
  incoming: IncomingWebhook,
): Promise<VerifiedWebhook<Payload>> {
  const { id, timestampSeconds, signatures } = readHeaders(incoming.headers);
  checkAge(timestampSeconds, incoming);
  const { body, secret } = incoming;
  const secrets = typeof secret === 'string' ? [secret] : secret;
  if (!(await matchesSignature({ id, timestampSeconds, body }, signatures, secrets)))
    throw new WebhookRefusal('signature-wrong');
  // Whoever knows the secret is the service: what the caller subscribed to is what it sends.
  const payload = parseBody(body) as Payload;
  return { id, sentAt: new Date(timestampSeconds * 1_000), payload };
}

interface SignatureHeaders {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly signatures: readonly Uint8Array[];
}

function readHeaders(headers: IncomingWebhook['headers']): SignatureHeaders {
  const id = readHeader(headers, 'webhook-id');
  const timestamp = readHeader(headers, 'webhook-timestamp');
  const list = readHeader(headers, 'webhook-signature');
  if (id === '' || timestamp === '' || list === '') throw new WebhookRefusal('header-missing');
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookRefusal('timestamp-unreadable');
  const signatures = readSignatures(list);
  if (signatures.length === 0) throw new WebhookRefusal('signature-unreadable');
  return { id, timestampSeconds: Number(timestamp), signatures };
}

function readHeader(headers: IncomingWebhook['headers'], name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const key = Object.keys(headers).find((given) => given.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return typeof value === 'string' ? value : (value?.join(' ') ?? '');
}

// Sample: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==
function readSignatures(list: string): Uint8Array[] {
  return list
    .split(' ')
    .filter((entry) => entry.startsWith('v1,'))
    .map((entry) => decodeBase64(entry.slice('v1,'.length)))
    .filter((signature) => signature !== null);
}

function checkAge(timestampSeconds: number, incoming: IncomingWebhook): void {
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now = new Date() } = incoming;
  const ageSeconds = Math.floor(now.getTime() / 1_000) - timestampSeconds;
  if (ageSeconds > toleranceSeconds) throw new WebhookRefusal('too-old');
  if (ageSeconds < -toleranceSeconds) throw new WebhookRefusal('too-new');
}

function parseBody(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
  } catch {
    throw new WebhookRefusal('body-unreadable');
  }
}
