import type { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';

const uploads = new WeakSet<FastifyRequest>();
const uploading = new WeakSet<Socket>();

/**
 * Marks a request whose body is a file of any size: it may take longer than other requests, as long as something comes.
 * A connection on which nothing comes is closed all the same (`connectionTimeout`).
 */
export function expectUpload(request: FastifyRequest): void {
  uploads.add(request);
  const { socket } = request.raw;
  uploading.add(socket);
  request.raw.once('close', () => uploading.delete(socket));
}

/** Whether the handler reads the body of the request itself. */
export function isUpload(request: FastifyRequest): boolean {
  return uploads.has(request);
}

/** Whether a request is under way on the connection that may take longer than others. */
export function mayTakeLong(socket: Socket): boolean {
  return uploading.has(socket);
}
