import { isRecord, type OperationId, renderPath, routeOf } from '@arras/contract';
import { openDownload, parseAnswer, readFailure } from './answer.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';
import { AnswerClock } from './answer-clock.ts';
import { type ApiFailure, UnreachableFailure } from './failure.ts';
import type { StreamTimes } from './link.ts';
import type { Call, CallResult, UploadContent } from './operation.ts';
import { pause } from './pause.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryDelayMs } from './retry.ts';
import { renderUpload } from './upload-body.ts';

/** Where the service is and how to talk to it. */
export interface ClientSettings {
  /** Base address, such as `https://jobs.example.org`. */
  readonly url: string;
  /** Bearer token; without one only the public operations answer. */
  readonly token?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  readonly retry?: RetryPolicy;
  /** How long to wait for the beginning of an answer. Default: 30 s. */
  readonly timeoutMs?: number;
  /** Whether answers that carry an ETag are kept in memory and asked for conditionally. Default: true. */
  readonly cache?: boolean;
  /** Times of streams, for unusual networks. */
  readonly streams?: Partial<StreamTimes>;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** What walks through directories may take longer than other answers. */
const SLOW: readonly OperationId[] = ['listFiles', 'manageFile', 'deleteFile', 'listJobOutputs'];
const SLOW_TIMEOUT_MS = 5 * 60_000;

/** The operation that starts something; its key makes repeating it safe. */
const KEYED: OperationId = 'submitJob';

/** Operations beside those that GET which can be repeated without harm. */
const REPEATABLE: readonly OperationId[] = [KEYED, 'showJobStatuses', 'previewNotification'];

type QueryValue = string | number | boolean | readonly string[] | undefined;

interface Given {
  readonly params?: Readonly<Record<string, string | undefined>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly content?: UploadContent;
  readonly signal?: AbortSignal | undefined;
}

interface Prepared {
  readonly url: string;
  readonly init: RequestInit;
  readonly content: UploadContent | null;
  /** True when a second request does no harm. */
  readonly repeatable: boolean;
  /** True when the answer is bytes, to be handed on as they come. */
  readonly raw: boolean;
  readonly timeoutMs: number;
  /** Null when the answer is not to be kept. */
  readonly cache: AnswerCache | null;
  readonly cached: CachedAnswer | null;
  readonly signal: AbortSignal | undefined;
}

/** The beginning of an answer, and all its text unless it is to be handed on as bytes. */
interface Answer {
  readonly response: Response;
  readonly text: string;
}

/** Makes the function that calls any operation; it repeats what can safely be repeated. */
export function createCall(settings: ClientSettings, cache: AnswerCache | null): Call {
  return async <Id extends OperationId>(operationId: Id, given: Given): Promise<CallResult<Id>> => {
    const answer = await send(settings, prepare(settings, cache, { operationId, given }));
    // The types of the contract describe what the service sends; fields added later must survive, so nothing is parsed.
    return readResult(operationId, answer) as CallResult<Id>;
  };
}

function readResult(operationId: OperationId, { response, text }: Answer): unknown {
  const route = routeOf(operationId);
  if (route.success.schema === 'bytes') return openDownload(response);
  const answer = parseAnswer(response, text);
  if (route.bare === true) return answer;
  return isRecord(answer) ? (answer.result ?? null) : null;
}

function prepare(
  settings: ClientSettings,
  cache: AnswerCache | null,
  { operationId, given }: { readonly operationId: OperationId; readonly given: Given },
): Prepared {
  const route = routeOf(operationId);
  const url = `${settings.url.replace(/\/+$/, '')}${renderPath(operationId, given.params)}${renderQuery(given.query)}`;
  const waitMs = Number(given.query?.wait ?? 0) * 1_000;
  // Whoever waits for a change means one from now on: a remembered version would change what is asked.
  const keeping = route.conditional === true && waitMs === 0 ? cache : null;
  const cached = keeping?.find(url) ?? null;
  const body = given.body === undefined ? {} : { body: JSON.stringify(given.body) };
  return {
    url,
    // A redirect would turn a POST into a GET, or carry the token elsewhere.
    init: {
      method: route.method,
      headers: prepareHeaders(settings, { operationId, given, cached }),
      redirect: 'manual',
      ...body,
    },
    content: given.content ?? null,
    // An upload that comes a second time replaces itself.
    repeatable: route.method === 'GET' || REPEATABLE.includes(operationId) || given.content !== undefined,
    raw: route.success.schema === 'bytes',
    timeoutMs: (settings.timeoutMs ?? usualTimeoutMs(operationId)) + waitMs,
    cache: keeping,
    cached,
    signal: given.signal,
  };
}

function usualTimeoutMs(operationId: OperationId): number {
  return SLOW.includes(operationId) ? SLOW_TIMEOUT_MS : DEFAULT_TIMEOUT_MS;
}

function prepareHeaders(
  settings: ClientSettings,
  {
    operationId,
    given,
    cached,
  }: { readonly operationId: OperationId; readonly given: Given; readonly cached: CachedAnswer | null },
): Headers {
  const headers = new Headers({ accept: routeOf(operationId).success.mediaType ?? 'application/json' });
  if (settings.token !== undefined) headers.set('authorization', `Bearer ${settings.token}`);
  if (operationId === KEYED) headers.set('idempotency-key', randomKey());
  if (cached !== null) headers.set('if-none-match', cached.etag);
  for (const [name, value] of Object.entries(given.headers ?? {}))
    if (value !== undefined) headers.set(name, value);
  if (given.body !== undefined) headers.set('content-type', 'application/json');
  return headers;
}

function renderQuery(query: Given['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}

/** 128 random bits. Not `randomUUID`, which browsers have only in secure contexts. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function send(settings: ClientSettings, request: Prepared): Promise<Answer> {
  const policy = settings.retry ?? DEFAULT_RETRY;
  for (let triesMade = 1; ; triesMade++) {
    const outcome = await tryOnce(settings, request);
    if (!(outcome instanceof Error)) return outcome;
    const state = { triesMade, failure: outcome, random: Math.random() };
    const delayMs = request.repeatable ? retryDelayMs(policy, state) : null;
    if (delayMs === null) throw outcome;
    await pause(delayMs, request.signal);
  }
}

async function tryOnce(
  settings: ClientSettings,
  request: Prepared,
): Promise<Answer | ApiFailure | UnreachableFailure> {
  const clock = new AnswerClock(request.timeoutMs);
  const signal =
    request.signal === undefined ? clock.signal : AbortSignal.any([clock.signal, request.signal]);
  try {
    const init = request.content === null ? request.init : withContent(request.init, request.content, clock);
    const response = await (settings.fetch ?? fetch)(request.url, { ...init, signal });
    return await readAnswer(request, response);
  } catch (error) {
    request.signal?.throwIfAborted();
    return new UnreachableFailure(settings.url, error);
  } finally {
    clock.stop();
  }
}

/** An upload takes as long as it takes: only silence counts. How far a blob is the platform does not tell. */
function withContent(init: RequestInit, content: UploadContent, clock: AnswerClock): RequestInit {
  const { headers, ...body } = renderUpload(content, () => clock.restart());
  if (body.body instanceof FormData) clock.stop();
  const all = new Headers(init.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return { ...init, ...body, headers: all };
}

async function readAnswer(
  { cache, cached, raw, url }: Prepared,
  response: Response,
): Promise<Answer | ApiFailure> {
  if (response.status === 304 && cached !== null) return { response, text: cached.text };
  if (!response.ok) return readFailure(response, Date.now());
  if (raw) return { response, text: '' };
  const text = await response.text();
  const etag = response.headers.get('etag');
  if (etag !== null) cache?.store(url, { etag, text });
  return { response, text };
}
