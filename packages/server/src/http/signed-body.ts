import type { FastifyRequest } from 'fastify';
import { MESSAGE_HEADER } from '../domain/job-message.ts';

/** A signature covers bytes, not what they mean. */
const BODIES = new WeakMap<FastifyRequest, Uint8Array>();

/** Keeps the bytes of a body whose signature came with it. */
export function keepSignedBody(request: FastifyRequest, body: Uint8Array): void {
  if (request.headers[MESSAGE_HEADER] !== undefined) BODIES.set(request, body);
}

/** The bytes of the body of a request with a signature; none for one without a body. */
export function signedBodyOf(request: FastifyRequest): Uint8Array {
  return BODIES.get(request) ?? new Uint8Array();
}
