import { type ApiError, type ErrorEnvelope, JSON_MEDIA_TYPE, renderErrorEnvelope } from '@arras/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { retryAfterSeconds, toApiError } from './error-mapping.ts';
import { readPresentation, renderJson } from './send-reply.ts';

/** Answers every error with its envelope; what the service is to blame for is logged once, here. */
export function createErrorHandler({ version, log }: { readonly version: string; readonly log: Logger }) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = toApiError(error);
    if (known.status >= 500) {
      const { operationId } = request.routeOptions.config;
      log.error({ requestId: request.id, operationId, code: known.code, err: error }, 'http.failed');
    }
    if (leavesBodyUnread(known)) reply.header('connection', 'close');
    const envelope = renderErrorEnvelope(known, { version, requestId: request.id });
    // Errors keep their envelope although `naked` is asked for: a bare status helps nobody.
    return reply
      .code(known.status)
      .headers(errorHeaders(known))
      .send(renderJson(envelope, readPresentation(request)));
  };
}

/** Headers that belong to an error. */
export function errorHeaders(error: ApiError): Record<string, string> {
  const seconds = retryAfterSeconds(error.code);
  return {
    'content-type': JSON_MEDIA_TYPE,
    ...(seconds !== null && { 'retry-after': String(seconds) }),
    ...(error.status === 401 && { 'www-authenticate': 'Bearer realm="arras"' }),
  };
}

/** The rest of such a body may be endless: the connection is not worth reading on. */
function leavesBodyUnread({ code }: ApiError): boolean {
  return code === 'request.too-large' || code === 'request.unsupported-media-type';
}

/** The whole answer to bytes that are not HTTP, for a connection that ends with it. */
export function renderRawAnswer(
  statusLine: string,
  envelope: ErrorEnvelope,
  headers: Readonly<Record<string, string>> = { 'content-type': JSON_MEDIA_TYPE },
): string {
  const body = JSON.stringify(envelope);
  return [
    `HTTP/1.1 ${statusLine}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
