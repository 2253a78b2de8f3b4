import { ApiError } from '@arras/contract';
import type { JobRow } from '../../database/tables.ts';
import { parseByteRange, type RangeRequest } from '../../domain/byte-range.ts';
import { attachmentOf } from '../../domain/content-disposition.ts';
import { canContinue, entityTagOf, isNotModified } from '../../domain/http-validators.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import { contentTypeOf } from '../../domain/media-types.ts';
import type { FileInfo } from '../../storage/storage.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import {
  findOutputDirectory,
  isServicePath,
  lookingAtOutput,
  type OutputDirectory,
  relativeTo,
  resolveOutputPath,
} from '../output-directory.ts';
import { answer, type BytesReply, type ReplyHeaders } from '../reply.ts';
import { renderOutput } from '../views/output-view.ts';

export const listJobOutputs: Handler<'listJobOutputs'> = async ({ context, viewer, params, query }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const asked = params.path ?? '';
  const directory = await findOutputDirectory(context, job);
  if (directory === null) {
    if (isRoot(asked)) return answer([]);
    throw new ApiError('output.not-found');
  }
  const { systemId } = directory.place;
  const entries = await listEntries(directory, asked, job);
  const page = entries.slice(query.offset, query.offset + query.limit);
  return answer(
    page.map((info) =>
      renderOutput(context, { jobId: job.id, systemId, path: relativeTo(directory, info), info }),
    ),
  );
};

/** What a directory holds; of a file, the file itself. A directory that is not made yet holds nothing. */
async function listEntries(
  directory: OutputDirectory,
  asked: string,
  job: JobRow,
): Promise<readonly FileInfo[]> {
  const path = resolveOutputPath(directory, asked);
  const { storage } = directory.place;
  return lookingAtOutput(async () => {
    const found = await storage.find(path);
    if (found === null && isRoot(asked) && !isTerminal(job.status)) return [];
    if (found === null) throw new ApiError('output.not-found');
    if (found.type === 'file') return [found];
    const entries = await storage.list(path);
    return entries.filter((entry) => !isServicePath(relativeTo(directory, entry)));
  });
}

function isRoot(asked: string): boolean {
  return asked.split('/').every((part) => part === '' || part === '.');
}

export const downloadJobOutput: Handler<'downloadJobOutput'> = async (request) => {
  const { context, viewer, params, raw } = request;
  const job = await getVisibleJob(context.db, viewer, params.id);
  const directory = await findOutputDirectory(context, job);
  if (directory === null) throw new ApiError('output.not-found');
  const path = resolveOutputPath(directory, params.path);
  return lookingAtOutput(async () => {
    const info = await directory.place.storage.find(path);
    if (info === null) throw new ApiError('output.not-found');
    if (info.type === 'dir') {
      throw new ApiError('output.not-found', {
        message: 'This output is a directory: list it, or name a file in it.',
      });
    }
    const headers = headersOf(info, request.query.force);
    if (isNotModified(raw.request.headers, info)) return { kind: 'bytes', status: 304, body: '', headers };
    return sendFile(directory, info, { headers, range: readRange(raw, info), raw });
  });
};

interface Sending {
  readonly headers: ReplyHeaders;
  readonly range: RangeRequest;
  readonly raw: HandlerRequest<'downloadJobOutput'>['raw'];
}

/**
 * The length comes from the opened file and not from the look before: a file of a running job may have grown or
 * shrunk in between, and what is announced must be what is sent.
 */
async function sendFile(directory: OutputDirectory, found: FileInfo, sending: Sending): Promise<BytesReply> {
  const { headers, range, raw } = sending;
  if (range.kind === 'unsatisfiable') throw unsatisfiable(raw, found.sizeBytes);
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: Number.POSITIVE_INFINITY };
  const { storage } = directory.place;
  const { info, stream } = await storage.open(found.path, range.kind === 'part' ? { start, end } : undefined);
  const last = Math.min(end, info.sizeBytes - 1);
  if (range.kind === 'whole')
    return { kind: 'bytes', body: stream, headers: { ...headers, 'content-length': last + 1 } };
  if (last < start) {
    stream.destroy();
    throw unsatisfiable(raw, info.sizeBytes);
  }
  const contentRange = `bytes ${start}-${last}/${info.sizeBytes}`;
  const partHeaders = { ...headers, 'content-range': contentRange, 'content-length': last - start + 1 };
  return { kind: 'bytes', status: 206, body: stream, headers: partHeaders };
}

/** Ranges mean something for GET only (RFC 9110 section 14.2). */
function readRange({ request }: Sending['raw'], info: FileInfo): RangeRequest {
  const isAsked = request.method === 'GET' && canContinue(request.headers, info);
  return parseByteRange(isAsked ? request.headers.range : undefined, info.sizeBytes);
}

function unsatisfiable({ reply }: Sending['raw'], sizeBytes: number): ApiError {
  reply.header('content-range', `bytes */${sizeBytes}`);
  return new ApiError('range.not-satisfiable');
}

/** Outputs are anyone's files: a browser must not run them with our address, nor guess their type (S4). */
function headersOf(info: FileInfo, force: boolean): ReplyHeaders {
  return {
    'content-type': contentTypeOf(info.name),
    'accept-ranges': 'bytes',
    etag: entityTagOf(info),
    'last-modified': info.modifiedAt.toUTCString(),
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
    ...(force && { 'content-disposition': attachmentOf(info.name) }),
  };
}
