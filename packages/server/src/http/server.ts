import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, renderErrorEnvelope } from '@arras/contract';
import { type FastifyInstance, fastify } from 'fastify';
import { addBodyParsers } from './body-parsers.ts';
import type { HttpContext } from './context.ts';
import { createErrorHandler, renderRawAnswer } from './error-handler.ts';
import type { Handlers } from './handler.ts';
import { createPathRemover } from './kept-path.ts';
import { mayTakeLong } from './long-requests.ts';
import { observeRequests } from './metrics.ts';
import { registerOperations } from './registration.ts';
import { TLS_LIMITS, type TlsCertificate } from './tls-certificate.ts';

/** What operators may set. */
export interface HttpServerOptions {
  /** Longest body of a request in bytes. Default: 256 KiB; requests are descriptions, not data. */
  readonly bodyLimitBytes?: number;
  /** Open connections at once. Default: 4,000, below the usual limit of open files. */
  readonly maxConnections?: number;
  /** Addresses of proxies whose X-Forwarded-For is believed. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Speaks HTTPS with it. Default: plain HTTP, for a proxy in front. */
  readonly tls?: TlsCertificate;
  /** Time in which a request must have arrived, headers and body. Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** Time in which its headers must have arrived. Default: 10 s. */
  readonly headersTimeoutMs?: number;
}

/** Said of every answer; a handler may say otherwise. */
const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Makes the HTTP server with an operation for every route of the contract. The caller listens and closes; closing
 * lets requests under way end, refuses new ones with 503, and closes idle connections.
 */
export function createHttpServer(
  context: HttpContext,
  handlers: Handlers,
  options: HttpServerOptions = {},
): FastifyInstance {
  const { version, log } = context;
  const handleError = createErrorHandler({ version, log });
  const removePath = createPathRemover(context.publicUrl);
  const app = fastify({
    ...limitsOf(options),
    logger: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 4_096 },
    exposeHeadRoutes: false,
    // A service that stops answers with its own envelope; see refuseWhileStopping.
    return503OnClosing: false,
    // Never taken from the caller: it names the request in the log.
    requestIdHeader: false,
    genReqId: () => randomUUID(),
    rewriteUrl: ({ url = '/' }) => removePath(url),
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...COMMON_HEADERS, 'x-request-id': request.id });
      handleError(error, request, reply);
    },
    clientErrorHandler: (error, socket) => answerClientError(error, socket, version),
  });
  app.server.maxConnections = options.maxConnections ?? 4_000;
  // Hooks of every request call back: each that returned a promise would cost it a turn of the queue.
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(COMMON_HEADERS).header('x-request-id', request.id);
    if (options.tls !== undefined) reply.header('strict-transport-security', 'max-age=31536000');
    done();
  });
  refuseWhileStopping(app);
  // Those who wait for a change must not hold up the stop.
  app.addHook('preClose', async () => context.polling.waits.close());
  logRequests(app, context);
  observeRequests(app, context.metrics);
  addBodyParsers(app);
  app.setErrorHandler(handleError);
  app.setNotFoundHandler(() => {
    throw new ApiError('route.not-found');
  });
  registerOperations(app, context, handlers);
  return app;
}

/** Node's own defaults allow a request five minutes and any number of slow ones (RELIABILITY R15). */
function limitsOf(options: HttpServerOptions) {
  return {
    bodyLimit: options.bodyLimitBytes ?? 256 * 1024,
    requestTimeout: options.requestTimeoutMs ?? 30_000,
    // A caller that does not read its answer holds a socket and a buffer for at most this long.
    connectionTimeout: 120_000,
    keepAliveTimeout: 20_000,
    maxRequestsPerSocket: 1_000,
    [options.tls === undefined ? 'http' : 'https']: {
      ...(options.tls && { ...options.tls, ...TLS_LIMITS, handshakeTimeout: 10_000 }),
      headersTimeout: options.headersTimeoutMs ?? 10_000,
      // How often Node looks for requests over time; its default of 30 s would make the limits above meaningless.
      connectionsCheckingInterval: 1_000,
      maxHeaderSize: 16 * 1024,
      // Only these change the protocol; curl offers HTTP/2 in the same way, and expects a plain answer.
      shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
    },
  };
}

/** Idle connections are closed at once, but one that is in use may bring another request. */
function refuseWhileStopping(app: FastifyInstance): void {
  let stopping = false;
  app.addHook('preClose', async () => {
    stopping = true;
  });
  app.addHook('onRequest', (_request, reply, done) => {
    if (!stopping) return done();
    reply.header('connection', 'close');
    done(new ApiError('service.stopping'));
  });
}

/** Reads are frequent and harmless; changes are worth a line. Never the address: its query may hold anything. */
function logRequests(app: FastifyInstance, { log }: HttpContext): void {
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const { operationId } = request.routeOptions.config;
    const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
    if (!log.isLevelEnabled(level)) return;
    log[level](
      {
        requestId: request.id,
        operationId,
        method: request.method,
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
        username: request.viewer?.username,
      },
      'http.answered',
    );
  });
}

const RAW_ANSWERS: Readonly<Record<string, readonly [statusLine: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of the request are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
};

/** What cannot be read as HTTP may be an attempt to smuggle a request: the connection ends with the answer. */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket, version: string): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && mayTakeLong(socket)) return;
  const [statusLine, message] = RAW_ANSWERS[error.code ?? ''] ?? [
    '400 Bad Request',
    'The request is not valid HTTP.',
  ];
  const envelope = renderErrorEnvelope(new ApiError('request.failed', { message }), { version });
  if (socket.writable) socket.write(renderRawAnswer(statusLine, envelope));
  socket.destroySoon();
}
