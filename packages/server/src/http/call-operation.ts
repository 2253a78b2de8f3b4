import { parse } from 'node:querystring';
import { ApiError, isRecord, JSON_MEDIA_TYPE, neededScope } from '@arras/contract';
import type { FastifyRequest } from 'fastify';
import { findMissingScope } from '../auth/admit.ts';
import type { Principal } from '../auth/authenticate.ts';
import type { HttpContext } from './context.ts';
import type { FoundOperation } from './find-operation.ts';
import { type HandlerRequest, type Handlers, runHandler } from './handler.ts';
import { queryTextOf } from './query-memo.ts';
import type { BytesReply, Reply } from './reply.ts';
import { readPresentation, renderResult } from './send-reply.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What answers each operation. */
    handlers: Handlers;
  }
}

/** A call of one operation from within another. */
export interface InnerCall {
  readonly found: FoundOperation;
  /** Path and query that are called. */
  readonly target: string;
  /** Who calls; null: nobody. */
  readonly viewer: Principal | null;
  /** The request under way: its headers count for the inner one, such as the range of a file. */
  readonly raw: HandlerRequest<'redeemPostit'>['raw'];
}

/** What an operation answers to somebody, after the checks that everybody's requests go through. Throws ApiError. */
export async function callOperation(context: HttpContext, call: InnerCall): Promise<Reply> {
  const { found, viewer, raw } = call;
  const { route, path, operationId } = found;
  requireEntrance(call);
  const handler = raw.request.server.handlers[operationId];
  return runHandler({ route, path, handler }, context, {
    request: innerRequest(call, viewer),
    reply: raw.reply,
  });
}

/** As {@link callOperation}: the bytes that it answers with, envelope and all. */
export async function callForBytes(context: HttpContext, call: InnerCall): Promise<BytesReply> {
  const reply = await callOperation(context, call);
  const headers = { 'content-type': JSON_MEDIA_TYPE, ...reply.headers };
  switch (reply.kind) {
    case 'bytes':
      return reply;
    case 'rendered':
      return { kind: 'bytes', body: reply.representation.body, headers };
    case 'result': {
      const presentation = readPresentation(innerRequest(call, call.viewer));
      const body = renderResult(reply, { presentation, version: context.version });
      return { kind: 'bytes', ...(reply.status !== undefined && { status: reply.status }), body, headers };
    }
    case 'stream':
      throw new Error(
        `${call.found.operationId} streams, and cannot be called from within another operation`,
      );
  }
}

/** As {@link callOperation}: the result that it answers with; undefined where it has none. */
export async function callForResult(context: HttpContext, call: InnerCall): Promise<unknown> {
  const reply = await callOperation(context, call);
  if (reply.kind === 'result') return reply.result ?? undefined;
  if (reply.kind !== 'rendered') return undefined;
  const envelope: unknown = JSON.parse(reply.representation.body.toString());
  return isRecord(envelope) ? envelope['result'] : undefined;
}

function requireEntrance({ found: { route }, viewer }: InnerCall): void {
  if (route.access === 'public') return;
  if (viewer === null) throw new ApiError('auth.missing');
  if (route.access === 'admin' && !viewer.isAdmin) throw new ApiError('access.admin-only');
  const missing = findMissingScope(viewer, neededScope(route));
  if (missing !== null) throw missing;
}

/** The request under way as if it had been sent to the target by the viewer. */
function innerRequest({ found, target, raw }: InnerCall, viewer: Principal | null): FastifyRequest {
  const own = {
    url: target,
    params: found.params,
    query: parse(queryTextOf({ url: target })),
    viewer,
    body: undefined,
  };
  const properties = Object.entries(own).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(raw.request, Object.fromEntries(properties)) as FastifyRequest;
}
