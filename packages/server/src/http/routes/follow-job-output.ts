import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { ApiError } from '@arras/contract';
import type { JobRow } from '../../database/tables.ts';
import { isTerminal } from '../../domain/lifecycle.ts';
import { contentTypeOf } from '../../domain/media-types.ts';
import { baseName } from '../../domain/paths.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { HandlerRequest } from '../handler.ts';
import { findOutputDirectory, lookingAtOutput, resolveOutputPath } from '../output-directory.ts';
import type { BytesReply } from '../reply.ts';
import { type OutputPlace, OutputTail } from '../tail/output-tail.ts';

type Request = HandlerRequest<'downloadJobOutput'>;

/**
 * The last position of an answer whose end nobody knows yet: RFC 8673 section 2 has one that no file reaches, which
 * numbers of all languages can hold.
 */
const NO_END = Number.MAX_SAFE_INTEGER;

/** Answers with what an output holds from a position on, and with what comes, until the job has ended. */
export async function followJobOutput(request: Request, job: JobRow): Promise<BytesReply> {
  const { context, viewer, params, raw } = request;
  const asked = params.path ?? '';
  const place = await locate(request, job);
  const from = startOf(raw.request.headers.range);
  const length = place === null ? null : await lengthOf(place);
  // A program that has not begun to write may do so yet.
  if (length === null && isTerminal(job.status)) throw new ApiError('output.not-found');
  if (length !== null && (from ?? 0) > length) {
    raw.reply.header('content-range', `bytes */${length}`);
    throw new ApiError('range.not-satisfiable');
  }
  const tail = new OutputTail(
    {
      feed: context.feed,
      files: context.growingFiles,
      findJob: () => getVisibleJob(context.db, viewer, job.id),
      locate: (current) => locate(request, current),
    },
    { viewer, jobId: job.id, from: from ?? 0 },
  );
  const held = context.realtime.hold(tail, 'file');
  const body = Readable.from(begun(raw.reply.raw, tail.bytes()), { objectMode: false });
  body.once('close', () => {
    held[Symbol.dispose]();
    tail.leave();
  });
  const headers = headersOf(baseName(`/${asked}`));
  if (from === null) return { kind: 'bytes', body, headers };
  return {
    kind: 'bytes',
    status: 206,
    body,
    headers: { ...headers, 'content-range': `bytes ${from}-${NO_END}/*` },
  };
}

async function locate({ context, params }: Request, job: JobRow): Promise<OutputPlace | null> {
  const directory = await findOutputDirectory(context, job);
  if (directory === null) return null;
  return { storage: directory.place.storage, path: resolveOutputPath(directory, params.path ?? '') };
}

function lengthOf({ storage, path }: OutputPlace): Promise<number | null> {
  return lookingAtOutput(async () => {
    const info = await storage.find(path);
    if (info?.type !== 'dir') return info?.sizeBytes ?? null;
    throw new ApiError('output.not-found', { message: 'This output is a directory: name a file in it.' });
  });
}

/** `bytes=1024-`, with or without a last position; null without a position. */
function startOf(range: string | undefined): number | null {
  const first = /^bytes=\s*([0-9]{1,15})-[0-9]{0,16}\s*$/.exec(range ?? '')?.[1];
  return first === undefined ? null : Number(first);
}

/** The head goes out before there is anything to send, so that the caller knows that the tail has begun. */
async function* begun(response: ServerResponse, bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  response.flushHeaders();
  yield* bytes;
}

/** Neither proxies nor browsers may gather, change or keep what is meant to arrive at once. */
function headersOf(fileName: string): BytesReply['headers'] {
  return {
    'content-type': contentTypeOf(fileName),
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
  };
}
