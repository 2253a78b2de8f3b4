import type { Dispatcher } from 'undici';
import { explainFailure } from '../net/connection-failure.ts';
import type { EgressGuard } from '../net/egress.ts';
import { parseRetryAfter } from '../net/retry-after.ts';
import { StorageError } from './storage.ts';

/** How long nothing may come before a call counts as lost (RELIABILITY R11). */
export const STALL_MS = 60_000;

/** Who calls, and whom. */
export interface HttpCaller {
  readonly guard: Pick<EgressGuard, 'agent' | 'checkUrl'>;
  /** Milliseconds without a byte, 60 s by default. */
  readonly stallMs?: number;
  /**
   * Whether someone registered the server: then one that cannot be reached is waited for (`unreachable`); else it is
   * tried a few times only (`unavailable`), as its address may be wrong.
   */
  readonly isRegistered: boolean;
}

/** One HTTP request. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal?: AbortSignal;
  /** What messages call it: a path, never the URL, whose query may hold secrets. */
  readonly what: string;
}

/** An answer whose body must be read or thrown away ({@link discard}). */
export type HttpAnswer = Dispatcher.ResponseData;

/**
 * Sends one request through the egress guard; no redirect is followed. Throws StorageError: `forbidden` for addresses
 * that may not be called and for certificates that prove nothing, else what {@link HttpCaller.isRegistered} says.
 */
export async function callHttp(caller: HttpCaller, request: HttpRequest): Promise<HttpAnswer> {
  const { url, what, signal } = request;
  const why = caller.guard.checkUrl(url);
  if (why !== null) throw new StorageError('forbidden', `${what}: ${why}`);
  const stallMs = caller.stallMs ?? STALL_MS;
  try {
    return await caller.guard.agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      // A compressed answer would have another length and other ranges than the file.
      headers: { 'Accept-Encoding': 'identity', 'User-Agent': 'Arras', ...request.headers },
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
      ...(request.body && { body: request.body }),
      ...(signal && { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOf(caller, request, error);
  }
}

/** The StorageError for a call that was cut off, before its answer or in the midst of it. */
export function failureOf(
  caller: HttpCaller,
  { what, url }: Pick<HttpRequest, 'what' | 'url'>,
  error: unknown,
): StorageError {
  if (error instanceof StorageError) return error;
  const { trouble, sentence } = explainFailure(error);
  const isFinal = trouble === 'blocked' || trouble === 'certificate';
  const code = isFinal ? 'forbidden' : caller.isRegistered ? 'unreachable' : 'unavailable';
  const said = isStall(error) ? `nothing came for ${(caller.stallMs ?? STALL_MS) / 1000} s` : sentence;
  return new StorageError(code, `${what}: ${url.hostname}: ${said}`, { cause: error });
}

function isStall(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT';
}

/** The StorageError that a status stands for. `said`: what the server said about it, one line. */
export function statusError(
  { statusCode, headers }: Pick<HttpAnswer, 'statusCode' | 'headers'>,
  { what, url }: Pick<HttpRequest, 'what' | 'url'>,
  said = '',
): StorageError {
  const tail = said === '' ? '' : ` (${said})`;
  const message = (text: string) => `${what}: ${text}${tail}`;
  if (statusCode === 404 || statusCode === 410)
    return new StorageError('not-found', message('there is no such file'));
  if (statusCode === 401 || statusCode === 403 || statusCode === 407) {
    return new StorageError(
      'forbidden',
      message(`${url.hostname} refuses access with the status ${statusCode}`),
    );
  }
  if (statusCode === 408 || statusCode === 429 || statusCode >= 500) {
    const retryAfterMs = parseRetryAfter([headers['retry-after']].flat()[0] ?? null, new Date());
    const text = `${url.hostname} cannot serve now, it answers with the status ${statusCode}`;
    return new StorageError('unavailable', message(text), { retryAfterMs });
  }
  return new StorageError(
    'unsupported',
    message(`${url.hostname} answers with the unexpected status ${statusCode}`),
  );
}

/** The most of an answer that is thrown away instead of closing the connection. */
const DISCARDED_BYTES = 65_536;

/** Throws a body away, so that its connection can be used again if little was left of it. */
export async function discard(answer: HttpAnswer): Promise<void> {
  await answer.body.dump({ limit: DISCARDED_BYTES }).catch(() => undefined);
}

/** Gives a body up, and with it the connection. */
export function drop({ body }: Pick<HttpAnswer, 'body'>): void {
  // Destroying a body that nobody has read is an error to undici; nobody waits for it.
  body.on('error', () => undefined).destroy();
}

/** One header of an answer; null without it. */
export function headerOf({ headers }: Pick<HttpAnswer, 'headers'>, name: string): string | null {
  return [headers[name]].flat()[0] ?? null;
}
