import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.ts';

/** A file that is served, and how badly. */
export interface ServedFile {
  readonly bytes: Buffer;
  readonly etag?: string;
  readonly modifiedAt?: Date;
  /** Answers every request for it with the whole file. */
  readonly ignoresRanges?: boolean;
  /** Tells no length. */
  readonly hidesLength?: boolean;
  /** Answers HEAD with this status. */
  readonly headStatus?: number;
  /** Sends so many bytes of an answer, then cuts the connection; asked for each answer. */
  readonly cutAfter?: () => number | null;
  /** Sends so many bytes of an answer, then nothing more. */
  readonly stallAfter?: number;
  /** Never ends. */
  readonly isEndless?: boolean;
  /** `user:password` that a request must carry. */
  readonly credentials?: string;
}

/** What a path is answered with: a file, a status, or the address that a redirect names. */
export type Served = ServedFile | { readonly status: number; readonly headers?: Record<string, string> };

/** A web server of files on loopback. */
export interface FileServer extends AsyncDisposable {
  readonly port: number;
  readonly origin: string;
  readonly files: Map<string, Served>;
  /** Each request as `GET /path`, with the range it asked for. */
  readonly requests: string[];
}

/** Serves `files`, over TLS with a certificate. */
export async function startFileServer(certificate?: Certificate): Promise<FileServer> {
  const files = new Map<string, Served>();
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trimEnd());
    const served = files.get((request.url ?? '').split('?')[0] ?? '');
    if (served === undefined) return void response.writeHead(404).end();
    if ('status' in served) return void response.writeHead(served.status, served.headers).end();
    serve(served, request, response);
  };
  const server: Server =
    certificate === undefined ? createServer(listener) : createTlsServer(certificate, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    files,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(file: ServedFile, request: IncomingMessage, response: ServerResponse): void {
  const wanted = file.credentials && `Basic ${Buffer.from(file.credentials).toString('base64')}`;
  if (wanted !== undefined && request.headers.authorization !== wanted) {
    return void response.writeHead(401).end();
  }
  if (request.method === 'HEAD' && file.headStatus !== undefined) {
    return void response.writeHead(file.headStatus).end();
  }
  const total = file.bytes.length;
  const range = file.ignoresRanges === true ? null : readRange(file, request);
  const [start, end] = range ?? [0, total];
  if (start >= total && range !== null) {
    return void response.writeHead(416, { 'Content-Range': `bytes */${total}` }).end();
  }
  response.writeHead(range === null ? 200 : 206, {
    ...(file.etag !== undefined && { ETag: file.etag }),
    ...(file.modifiedAt && { 'Last-Modified': file.modifiedAt.toUTCString() }),
    ...(range !== null && { 'Content-Range': `bytes ${start}-${end - 1}/${total}` }),
    ...(file.hidesLength !== true && file.isEndless !== true && { 'Content-Length': end - start }),
  });
  if (request.method === 'HEAD') return void response.end();
  send(file, response, file.bytes.subarray(start, end));
}

/** Without the validator that `If-Range` names the whole file is sent (RFC 9110 section 13.1.5). */
function readRange(file: ServedFile, request: IncomingMessage): readonly [number, number] | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  const validators = [file.etag, file.modifiedAt?.toUTCString()];
  if (match === null || (condition !== undefined && !validators.includes(String(condition)))) return null;
  const total = file.bytes.length;
  return [Number(match[1]), match[2] === '' ? total : Math.min(Number(match[2]) + 1, total)];
}

function send(file: ServedFile, response: ServerResponse, bytes: Buffer): void {
  const cutAt = file.cutAfter?.() ?? null;
  if (file.isEndless === true) {
    const pour = () => {
      while (!response.destroyed && response.write(bytes));
    };
    response.on('drain', pour);
    return pour();
  }
  if (cutAt !== null && cutAt < bytes.length) {
    response.write(bytes.subarray(0, cutAt), () => response.destroy());
  } else if (file.stallAfter !== undefined) {
    response.write(bytes.subarray(0, file.stallAfter));
  } else response.end(bytes);
}
