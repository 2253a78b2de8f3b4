import { ApiError } from '@arras/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseByteRange, type RangeRequest } from '../domain/byte-range.ts';
import { attachmentOf } from '../domain/content-disposition.ts';
import { canContinue, entityTagOf, isNotModified } from '../domain/http-validators.ts';
import { contentTypeOf } from '../domain/media-types.ts';
import { type FileInfo, type Storage, UNKNOWN_SIZE } from '../storage/storage.ts';
import type { BytesReply, ReplyHeaders } from './reply.ts';

interface Raw {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** A file to answer with: found a moment ago. */
export interface FileToSend {
  readonly storage: Pick<Storage, 'open'>;
  readonly info: FileInfo;
  /** As an attachment with a file name. */
  readonly force: boolean;
}

/**
 * Answers with a file, a range of it, or 304 when the caller has it. The length comes from the opened file and not from
 * the look before: a file that is being written may have grown or shrunk in between, and what is announced must be what
 * is sent.
 */
export async function fileReply(file: FileToSend, raw: Raw): Promise<BytesReply> {
  const { storage, info: found, force } = file;
  const headers = headersOf(found, force);
  if (isNotModified(raw.request.headers, found)) return { kind: 'bytes', status: 304, body: '', headers };
  const range = readRange(raw.request, found);
  if (range.kind === 'unsatisfiable') throw unsatisfiable(raw.reply, found.sizeBytes);
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: Number.POSITIVE_INFINITY };
  const { info, stream } = await storage.open(found.path, range.kind === 'part' ? { start, end } : undefined);
  if (info.sizeBytes === UNKNOWN_SIZE) return { kind: 'bytes', body: stream, headers };
  const last = Math.min(end, info.sizeBytes - 1);
  if (range.kind === 'whole')
    return { kind: 'bytes', body: stream, headers: { ...headers, 'content-length': last + 1 } };
  if (last < start) {
    stream.destroy();
    throw unsatisfiable(raw.reply, info.sizeBytes);
  }
  const contentRange = `bytes ${start}-${last}/${info.sizeBytes}`;
  const partHeaders = { ...headers, 'content-range': contentRange, 'content-length': last - start + 1 };
  return { kind: 'bytes', status: 206, body: stream, headers: partHeaders };
}

/** Ranges mean something for GET only (RFC 9110 section 14.2), and for files whose length is known. */
function readRange(request: FastifyRequest, info: FileInfo): RangeRequest {
  const isAsked =
    request.method === 'GET' && info.sizeBytes !== UNKNOWN_SIZE && canContinue(request.headers, info);
  return parseByteRange(isAsked ? request.headers.range : undefined, info.sizeBytes);
}

function unsatisfiable(reply: FastifyReply, sizeBytes: number): ApiError {
  reply.header('content-range', `bytes */${sizeBytes}`);
  return new ApiError('range.not-satisfiable');
}

/** These are anyone's files: a browser must not run them with our address, nor guess their type (S4). */
function headersOf(info: FileInfo, force: boolean): ReplyHeaders {
  return {
    'content-type': contentTypeOf(info.name),
    ...(info.sizeBytes !== UNKNOWN_SIZE && { 'accept-ranges': 'bytes' }),
    etag: entityTagOf(info),
    'last-modified': info.modifiedAt.toUTCString(),
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    ...(force && { 'content-disposition': attachmentOf(info.name) }),
  };
}
