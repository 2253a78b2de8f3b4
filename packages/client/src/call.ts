import { isRecord, type OperationId, renderPath, routeOf } from '@arras/contract';
import { openDownload, readFailure, readJson } from './answer.ts';
import { type ApiFailure, UnreachableFailure } from './failure.ts';
import type { Call, CallResult } from './operation.ts';
import { pause } from './pause.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryDelayMs } from './retry.ts';

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
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** The operation that starts something; its key makes repeating it safe. */
const KEYED: OperationId = 'submitJob';

type QueryValue = string | number | boolean | readonly string[] | undefined;

interface Given {
  readonly params?: Readonly<Record<string, string | undefined>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

interface Prepared {
  readonly url: string;
  readonly init: RequestInit;
  /** True when a second request does no harm. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Makes the function that calls any operation; it repeats what can safely be repeated. */
export function createCall(settings: ClientSettings): Call {
  return async <Id extends OperationId>(operationId: Id, given: Given): Promise<CallResult<Id>> => {
    const response = await send(settings, prepare(settings, operationId, given));
    // The types of the contract describe what the service sends; fields added later must survive, so nothing is parsed.
    return (await readResult(operationId, response)) as CallResult<Id>;
  };
}

async function readResult(operationId: OperationId, response: Response): Promise<unknown> {
  const route = routeOf(operationId);
  if (route.success.schema === 'bytes') return openDownload(response);
  const answer = await readJson(response);
  if (route.bare === true) return answer;
  return isRecord(answer) ? (answer.result ?? null) : null;
}

function prepare(settings: ClientSettings, operationId: OperationId, given: Given): Prepared {
  const { method } = routeOf(operationId);
  const headers = new Headers({ accept: 'application/json' });
  if (settings.token !== undefined) headers.set('authorization', `Bearer ${settings.token}`);
  if (operationId === KEYED) headers.set('idempotency-key', randomKey());
  for (const [name, value] of Object.entries(given.headers ?? {}))
    if (value !== undefined) headers.set(name, value);
  if (given.body !== undefined) headers.set('content-type', 'application/json');
  const body = given.body === undefined ? {} : { body: JSON.stringify(given.body) };
  return {
    url: `${settings.url.replace(/\/+$/, '')}${renderPath(operationId, given.params)}${renderQuery(given.query)}`,
    // A redirect would turn a POST into a GET, or carry the token elsewhere.
    init: { method, headers, redirect: 'manual', ...body },
    repeatable: method === 'GET' || operationId === KEYED,
    signal: given.signal,
  };
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

async function send(settings: ClientSettings, request: Prepared): Promise<Response> {
  const policy = settings.retry ?? DEFAULT_RETRY;
  for (let triesMade = 1; ; triesMade++) {
    const outcome = await tryOnce(settings, request);
    if (outcome instanceof Response) return outcome;
    const state = { triesMade, failure: outcome, random: Math.random() };
    const delayMs = request.repeatable ? retryDelayMs(policy, state) : null;
    if (delayMs === null) throw outcome;
    await pause(delayMs, request.signal);
  }
}

async function tryOnce(
  settings: ClientSettings,
  request: Prepared,
): Promise<Response | ApiFailure | UnreachableFailure> {
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const clock = new AbortController();
  // Only the beginning of the answer is timed: a download may take as long as it takes.
  const timer = setTimeout(
    () => clock.abort(new Error(`no answer within ${timeoutMs / 1_000} s`)),
    timeoutMs,
  );
  const signal =
    request.signal === undefined ? clock.signal : AbortSignal.any([clock.signal, request.signal]);
  try {
    const response = await (settings.fetch ?? fetch)(request.url, { ...request.init, signal });
    return response.ok ? response : await readFailure(response, Date.now());
  } catch (error) {
    request.signal?.throwIfAborted();
    return new UnreachableFailure(settings.url, error);
  } finally {
    clearTimeout(timer);
  }
}
