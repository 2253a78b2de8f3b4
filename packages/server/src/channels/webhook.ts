import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Credentials, parseUserInfo, splitUserInfo } from '../domain/user-info.ts';
import type { EgressGuard } from '../net/egress.ts';
import { parseRetryAfter } from '../net/retry-after.ts';
import { cleanAnswer, KEPT_BYTES, withoutControls } from './answer-text.ts';
import type { AttemptResult, Channel, Message } from './channel.ts';
import {
  base64Forms,
  Exchange,
  type HeaderLine,
  keepHead,
  MASK,
  secretWords,
  withoutSecrets,
} from './exchange.ts';
import { signatureHeaders } from './signature.ts';
import { AnswerTimeout, describeUnreachable } from './unreachable.ts';

/** Time for the whole call: connecting, sending, the answer to its last byte (P18). */
const ANSWER_MS = 15_000;

/** The most of an answer's body that is read; the connection is closed then (P20). */
const MAX_BODY_BYTES = 65_536;

/** What the channel is made of. */
export interface WebhookOptions {
  readonly guard: EgressGuard;
  /** Version of the service, for the `User-Agent`. */
  readonly version: string;
  /** Milliseconds for the whole call, 15 s by default. */
  readonly answerMs?: number;
}

/** POSTs messages to URLs (spec: notifications 8). Success is 2xx; redirects are never followed. */
export function createWebhookChannel(options: WebhookOptions): Channel {
  const { guard, version, answerMs = ANSWER_MS } = options;
  return {
    name: 'webhook',
    attempt: async (message, signal, exchange = new Exchange()) => {
      const target = readTarget(message.target);
      if (target === null) return blocked(exchange, 'the URL cannot be understood');
      const why = guard.checkUrl(target.url);
      if (why !== null) return blocked(exchange, why);
      const deadline = startDeadline(answerMs, signal);
      try {
        return await call(guard.agent, target, { message, version, signal: deadline.signal, exchange });
      } catch (error) {
        return describeUnreachable(deadline.signal.aborted ? deadline.signal.reason : error, exchange);
      } finally {
        deadline.end();
      }
    },
    close: () => guard.close(),
  };
}

function blocked(exchange: Exchange, message: string): AttemptResult {
  exchange.error = 'blocked';
  return { outcome: 'blocked', code: 0, message };
}

interface Target {
  readonly url: URL;
  readonly credentials: Credentials | null;
}

/** Credentials are taken out before the URL is parsed: the parser escapes some of their characters anew. */
function readTarget(text: string): Target | null {
  const { url, userInfo } = splitUserInfo(text);
  const parsed = URL.parse(url);
  return parsed === null ? null : { url: parsed, credentials: parseUserInfo(userInfo) };
}

/** Aborts with {@link AnswerTimeout} in time, or with the caller. */
function startDeadline(answerMs: number, outer: AbortSignal) {
  const controller = new AbortController();
  const onOuter = () => controller.abort(outer.reason);
  const timer = setTimeout(() => controller.abort(new AnswerTimeout(answerMs)), answerMs);
  if (outer.aborted) onOuter();
  else outer.addEventListener('abort', onOuter, { once: true });
  const end = () => {
    clearTimeout(timer);
    outer.removeEventListener('abort', onOuter);
  };
  return { signal: controller.signal, end };
}

interface Call {
  readonly message: Message;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly exchange: Exchange;
}

async function call(agent: Dispatcher, target: Target, request: Call): Promise<AttemptResult> {
  const { message, signal, exchange } = request;
  const headers = headersOf(request, target.credentials);
  const body = sentBody(message);
  exchange.sent = shownHead(target, headers, body);
  const answer = await agent.request({
    origin: target.url.origin,
    path: `${target.url.pathname}${target.url.search}`,
    method: 'POST',
    headers,
    body,
    signal,
  });
  const secrets = secretsOf(message, target.credentials);
  const said = await readBody(answer, secrets);
  const { head, isCut } = keepHead(answer.headers, secrets);
  exchange.answer = { head, body: said.text, isCut: isCut || said.isCut };
  const reason = cleanAnswer(withoutSecrets(answer.statusText, secrets));
  const result = judge(answer, { said: said.text ?? '', reason }, message.attemptedAt);
  exchange.error = result.outcome === 'delivered' ? null : 'http';
  return result;
}

/** What is sent is shown as it is, but for what lets the service in at the receiver. */
function shownHead(
  { url }: Target,
  { Authorization, ...headers }: Record<string, string>,
  body: Uint8Array,
): readonly HeaderLine[] {
  return [
    ['Host', url.host],
    ...Object.entries(headers),
    ...(Authorization === undefined ? [] : [['Authorization', `Basic ${MASK}`] as const]),
    ['Content-Length', String(body.length)],
  ];
}

/**
 * What nobody may read in an answer that repeats it: a receiver that echoes, or names the secret it expected. A name
 * without a password is the secret itself: so some services take their keys.
 */
export function secretsOf(
  { secrets }: Pick<Message, 'secrets'>,
  credentials: Credentials | null,
): readonly string[] {
  const signing = secrets.flatMap((secret) => [
    secret,
    ...base64Forms(secret.slice(secret.indexOf('_') + 1)),
  ]);
  if (credentials === null) return secretWords(signing);
  const { username, password } = credentials;
  const tokens = base64Forms(basic(credentials).slice('Basic '.length));
  return secretWords([
    ...signing,
    ...tokens,
    `${username}:${password}`,
    password === '' ? username : password,
  ]);
}

/** The original sends one blank where an event has no content. */
const BLANK = Buffer.from(' ');

function sentBody({ body }: Message): Uint8Array {
  return body.length === 0 ? BLANK : body;
}

function headersOf({ message, version }: Call, credentials: Credentials | null): Record<string, string> {
  const timestampSeconds = Math.floor(message.attemptedAt.getTime() / 1_000);
  const { messageId } = message;
  return {
    'Content-Type': 'application/json',
    'User-Agent': `Agave-Hookbot/${version}`,
    'X-Agave-Delivery': message.deliveryId,
    'X-Agave-Notification': message.subscriptionId,
    'X-Agave-Event': message.event,
    ...signatureHeaders({ messageId, timestampSeconds, body: sentBody(message) }, message.secrets),
    ...(credentials !== null && { Authorization: basic(credentials) }),
  };
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Reads up to the limit and keeps the beginning; what comes after the limit is cut off, not waited for. */
async function readBody(
  { body, headers }: Dispatcher.ResponseData,
  secrets: readonly string[],
): Promise<{ readonly text: string | null; readonly isCut: boolean }> {
  const longest = Math.max(0, ...secrets.map((secret) => Buffer.byteLength(secret)));
  const kept: Buffer[] = [];
  let total = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    kept.push(chunk.subarray(0, Math.max(0, KEPT_BYTES + longest - total)));
    total += chunk.length;
    // Leaving the loop destroys the body and with it the connection.
    if (total > MAX_BODY_BYTES) break;
  }
  // Compressed bytes are never unpacked, and as they are they tell nobody anything.
  if (headers['content-encoding'] !== undefined) return { text: null, isCut: total > 0 };
  // Controls first: of UTF-16 or of colours in between, a secret would else be left once they are gone.
  const text = withoutSecrets(withoutControls(Buffer.concat(kept).toString('utf8')), secrets);
  const isCut = total > KEPT_BYTES;
  // A secret that the end of what was read has cut is not found any more: it goes with the end.
  return {
    text: cleanAnswer(
      total > KEPT_BYTES + longest ? text.slice(0, Math.max(0, text.length - longest)) : text,
    ),
    isCut,
  };
}

function judge(
  { statusCode: code, headers }: Dispatcher.ResponseData,
  words: { readonly said: string; readonly reason: string },
  now: Date,
): AttemptResult {
  const { said } = words;
  const reason = words.reason || (STATUS_CODES[code] ?? '');
  if (code >= 200 && code <= 299)
    return { outcome: 'delivered', code, message: said || `${code} ${reason}`.trimEnd() };
  const retryAfter = [headers['retry-after']].flat()[0] ?? null;
  return {
    outcome: 'refused',
    code,
    message: isRedirect(code) ? 'redirects are not followed' : said || reason,
    retryAfterMs: parseRetryAfter(retryAfter, now),
    permanent: code === 410 ? 'gone' : null,
  };
}

function isRedirect(code: number): boolean {
  return code >= 300 && code <= 399;
}
