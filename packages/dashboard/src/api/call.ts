import { OPERATIONS } from 'virtual:operations';
import type { CallOptions, CallResult } from '@arras/client';
import type { FieldProblem, OperationId } from '@arras/contract';
import { toPlace } from '../routing/service-path.ts';
import { noteServerTime } from '../ui/clock.ts';
import { ApiFailure } from './api-failure.ts';
import { type QueryValue, renderAddress } from './render-address.ts';

interface Given {
  readonly params?: Readonly<Record<string, string | undefined>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Longest wait for the beginning of an answer, in milliseconds. */
const TIMEOUT_MS = 30_000;

/**
 * Calls an operation of the API as the user who is signed in, and gives its result without the envelope.
 *
 * @throws ApiFailure for every refusal and for every outage; the signal's reason when it is aborted.
 */
export async function call<Id extends OperationId>(
  id: Id,
  options: CallOptions<Id>,
): Promise<CallResult<Id>> {
  const response = await send(id, options);
  const envelope = await readJson(response);
  // The contract describes what the service sends; fields that a later one adds do no harm.
  return (envelope.result ?? null) as CallResult<Id>;
}

/** Calls an operation that answers with bytes, which may take any time to come. @throws as {@link call}. */
export async function download<Id extends OperationId>(id: Id, options: CallOptions<Id>): Promise<Response> {
  const head = new AbortController();
  const timer = setTimeout(
    () => head.abort(new DOMException('no answer in time', 'TimeoutError')),
    TIMEOUT_MS,
  );
  try {
    return await send(id, options, head.signal);
  } finally {
    clearTimeout(timer);
  }
}

/** The address of an operation, for links and pictures: the service's own, as all that stand in a `href`. */
export function addressOf<Id extends OperationId>(id: Id, options: CallOptions<Id>): string {
  const { params, query }: Given = options;
  return renderAddress(OPERATIONS[id][1], params, query);
}

async function send(
  id: OperationId,
  given: Given,
  timeout: AbortSignal = AbortSignal.timeout(TIMEOUT_MS),
): Promise<Response> {
  const [method, template] = OPERATIONS[id];
  const response = await request(renderAddress(template, given.params, given.query), {
    method,
    headers: headersOf(given),
    credentials: 'same-origin',
    redirect: 'manual',
    signal: given.signal === undefined ? timeout : AbortSignal.any([timeout, given.signal]),
    ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
  });
  if (response.ok || response.status === 304) return response;
  throw await readFailure(response);
}

async function request(
  address: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  const sentMs = Date.now();
  try {
    const response = await fetch(toPlace(address), init);
    noteServerTime(response.headers.get('date'), { sentMs, receivedMs: Date.now() });
    return response;
  } catch (error) {
    if (init.signal.aborted && !isTimeout(init.signal.reason)) throw init.signal.reason;
    throw unreachable(error);
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

function unreachable(error: unknown): ApiFailure {
  const why = error instanceof Error ? error.message : String(error);
  const message = `The service cannot be reached (${why}). Nothing was lost; try again when it is there.`;
  return new ApiFailure({ status: 0, code: null, message, problems: [], requestId: null });
}

function headersOf({ headers = {}, body }: Given): Headers {
  const all = new Headers({ accept: 'application/json' });
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all.set(name, value);
  if (body !== undefined) all.set('content-type', 'application/json');
  return all;
}

interface Envelope {
  readonly result?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly requestId?: unknown;
}

async function readJson(response: Response): Promise<Envelope> {
  try {
    return (await response.json()) as Envelope;
  } catch (error) {
    throw unreachable(error);
  }
}

async function readFailure(response: Response): Promise<ApiFailure> {
  // Proxies answer with HTML: the status has to say it all.
  const { message, code, errors, requestId }: Envelope = await readJson(response).catch(() => ({}));
  return new ApiFailure({
    status: response.status,
    code: typeof code === 'string' ? code : null,
    message: typeof message === 'string' ? message : `The service answered with HTTP ${response.status}.`,
    problems: Array.isArray(errors) ? (errors as FieldProblem[]) : [],
    requestId: typeof requestId === 'string' ? requestId : response.headers.get('x-request-id'),
  });
}
