import { Readable } from 'node:stream';
import { JSON_MEDIA_TYPE, type Presentation, presentationQuerySchema, type Route } from '@arras/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { selectFields } from './filter.ts';
import type { BytesReply, Reply, ResultReply } from './reply.ts';

/** What an answer belongs to. */
export interface Occasion {
  readonly route: Route;
  readonly version: string;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Sends what a handler answered, in the envelope unless the route or the caller wants it bare. */
export function sendReply(answer: Reply, occasion: Occasion): FastifyReply {
  const { route, reply } = occasion;
  reply.code(answer.status ?? route.success.status).headers({ ...answer.headers });
  return answer.kind === 'bytes' ? sendBytes(answer, occasion) : sendResult(answer, occasion);
}

/** The parameters that shape an answer. */
export function readPresentation(request: FastifyRequest): Presentation {
  // Null when the address itself could not be read.
  return presentationQuerySchema.parse(request.query ?? {});
}

/** JSON text, indented on demand. */
export function renderJson(value: unknown, { pretty }: Pick<Presentation, 'pretty'>): string {
  return JSON.stringify(value, null, pretty ? 2 : 0);
}

function sendBytes({ body }: BytesReply, { request, reply }: Occasion): FastifyReply {
  if (request.method !== 'HEAD' || !(body instanceof Readable)) return reply.send(body);
  body.destroy();
  return reply.send();
}

function sendResult(
  answer: ResultReply<unknown>,
  { route, version, request, reply }: Occasion,
): FastifyReply {
  reply.header('content-type', JSON_MEDIA_TYPE);
  const { message = null, result } = answer;
  if (route.bare === true) return reply.send(renderJson(result, { pretty: false }));
  const presentation = readPresentation(request);
  const selected = presentation.filter === null ? result : selectFields(result, presentation.filter);
  const hasResult = result !== null && result !== undefined;
  if (presentation.naked) return reply.send(hasResult ? renderJson(selected, presentation) : '');
  const envelope = { status: 'success', message, version, ...(hasResult && { result: selected }) };
  return reply.send(renderJson(envelope, presentation));
}
