import { type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** A request of which nothing is tidied up on its way: target, spelling of headers and body are sent as given. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

/** What came back. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The parsed JSON, whatever it holds; undefined when the answer is none. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** Sends to a service; `authority` is the certificate authority to trust. */
export async function sendRaw(url: string, request: RawRequest, authority?: string): Promise<RawAnswer> {
  const { hostname, port, protocol } = new URL(url);
  const { method, target: path, headers = {}, body } = request;
  const options = { host: hostname, port, method, path, headers, agent: false as const };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call =
      protocol === 'https:'
        ? secureRequest({ ...options, ...(authority !== undefined && { ca: authority }) }, resolve)
        : plainRequest(options, resolve);
    call.on('error', reject).end(body);
  });
  const bytes = await buffer(response);
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const text = (isPacked ? gunzipSync(bytes) : bytes).toString();
  const isJson = String(response.headers['content-type']).startsWith('application/json') && text !== '';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}
