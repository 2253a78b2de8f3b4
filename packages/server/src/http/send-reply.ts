import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { JSON_MEDIA_TYPE, type Presentation, presentationQuerySchema, type Route } from '@arras/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersGzip } from '../domain/content-coding.ts';
import { selectFields } from './filter.ts';
import { COMPRESS_FROM_BYTES, compress } from './polling/representation.ts';
import { QueryMemo, queryTextOf } from './query-memo.ts';
import type { BytesReply, RenderedReply, Reply, ResultReply, StreamReply } from './reply.ts';

/** What an answer belongs to. */
export interface Occasion {
  readonly route: Route;
  readonly version: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Sends what a handler answered, in the envelope unless the route or the caller wants it bare. */
export function sendReply(answer: Reply, occasion: Occasion): void | Promise<void> {
  const { route, reply } = occasion;
  reply.code(answer.status ?? route.success.status).headers({ ...answer.headers });
  if (answer.kind === 'bytes') return sendBytes(answer, occasion);
  if (answer.kind === 'stream') return beginStream(answer, occasion);
  return answer.kind === 'rendered' ? sendRendered(answer, occasion) : sendResult(answer, occasion);
}

/** The parameters that shape an answer. */
export function readPresentation(request: FastifyRequest): Presentation {
  // Null when the address itself could not be read.
  return PRESENTATIONS.get(queryTextOf(request), () => presentationQuerySchema.parse(request.query ?? {}));
}

const PRESENTATIONS = new QueryMemo<Presentation>();

/** JSON text, indented on demand. */
export function renderJson(value: unknown, { pretty }: Pick<Presentation, 'pretty'>): string {
  return JSON.stringify(value, null, pretty ? 2 : 0);
}

function sendBytes({ body }: BytesReply, { request, reply }: Occasion): void {
  const isUnwanted = request.method === 'HEAD' && body instanceof Readable;
  if (isUnwanted) body.destroy();
  reply.send(isUnwanted ? undefined : body);
}

/**
 * Sends the head and hands the connection over. The end of the connection is the end of the answer (RFC 9112 section
 * 6.3): chunks would cost each message of each stream a copy.
 */
function beginStream({ start }: StreamReply, { route, reply }: Occasion): void {
  const response = reply.raw;
  reply.hijack();
  response.useChunkedEncodingByDefault = false;
  response.shouldKeepAlive = false;
  response.writeHead(route.success.status, {
    ...headersOf(reply),
    'content-type': route.success.mediaType ?? 'application/octet-stream',
    // Proxies must neither change nor gather what is meant to arrive at once.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  start(response);
}

/** Absent ones are undefined there, which an answer must not have. */
function headersOf(reply: FastifyReply): OutgoingHttpHeaders {
  return reply.getHeaders() as OutgoingHttpHeaders;
}

/** Answers that are never the same twice have no tag, but are compressed like the others. */
function sendResult(answer: ResultReply<unknown>, occasion: Occasion): void | Promise<void> {
  const { route, version, request, reply } = occasion;
  const presentation = route.bare === true ? BARE : readPresentation(request);
  const text = renderResult(answer, { presentation, version });
  reply.header('content-type', JSON_MEDIA_TYPE).header('vary', 'Accept-Encoding');
  if (text.length >= COMPRESS_FROM_BYTES && prefersGzip(request.headers['accept-encoding']))
    return sendCompressed(reply, compress(Buffer.from(text)));
  reply.send(text);
}

/**
 * The bytes, or 304 when the caller has them (RFC 9110 section 13.1.2). Whoever has the form that it would not get now,
 * such as the plain one, has them as well, and is told the tag of that one. The caller's own cache may keep the answer
 * but must ask before it uses it: permissions can end.
 */
function sendRendered({ representation }: RenderedReply, { request, reply }: Occasion): void | Promise<void> {
  const { tag, gzipTag, body } = representation;
  const { 'if-none-match': ifNoneMatch, 'accept-encoding': acceptEncoding } = request.headers;
  reply.header('cache-control', 'private, no-cache').header('vary', 'Accept-Encoding');
  const named = ifNoneMatch === undefined ? null : representation.findTag(ifNoneMatch);
  if (named !== null) {
    reply.code(304).header('etag', named).send();
    return;
  }
  reply.header('content-type', JSON_MEDIA_TYPE);
  if (gzipTag !== null && prefersGzip(acceptEncoding))
    return sendCompressed(reply.header('etag', gzipTag), representation.compressed());
  reply.header('etag', tag).send(body);
}

async function sendCompressed(reply: FastifyReply, compressing: Promise<Buffer>): Promise<void> {
  const compressed = await compressing;
  reply.header('content-encoding', 'gzip').send(compressed);
}

/** How a route that is bare answers, whatever the parameters say. */
const BARE: Presentation = { pretty: false, naked: true, filter: null };

/** The text of an answer: the envelope around the wanted fields, or these alone. */
export function renderResult(
  answer: Pick<ResultReply<unknown>, 'message' | 'result'>,
  { presentation, version }: { readonly presentation: Presentation; readonly version: string },
): string {
  const { message = null, result } = answer;
  const selected = presentation.filter === null ? result : selectFields(result, presentation.filter);
  const hasResult = result !== null && result !== undefined;
  if (presentation.naked) return hasResult ? renderJson(selected, presentation) : '';
  const envelope = { status: 'success', message, version, ...(hasResult && { result: selected }) };
  return renderJson(envelope, presentation);
}
