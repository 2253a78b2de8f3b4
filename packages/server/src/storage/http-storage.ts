import { Readable } from 'node:stream';
import { baseName } from '../domain/paths.ts';
import type { Credentials } from '../domain/user-info.ts';
import {
  callHttp,
  discard,
  drop,
  failureOf,
  type HttpAnswer,
  type HttpCaller,
  headerOf,
  statusError,
} from './http-call.ts';
import { type Entity, readEntity, renderRange, startOf } from './http-entity.ts';
import { splitPath } from './path-parts.ts';
import { streamResumed } from './resumed-body.ts';
import { createSingleFileStorage } from './single-file-storage.ts';
import {
  type ByteRange,
  type FileInfo,
  type OpenFile,
  type Storage,
  StorageError,
  UNKNOWN_SIZE,
} from './storage.ts';

/** Where the files are and who asks for them. */
export interface HttpStorageOptions extends HttpCaller {
  /** The URL of a file: of any path below a base, or always the same one. */
  readonly urlOf: (path: string) => URL;
  /** For Basic authentication; sent to the origin of the URL only. */
  readonly credentials: Credentials | null;
}

/** How many redirects are followed, each checked like the first address. */
const MAX_REDIRECTS = 5;

/** A web server asked for a few files at a time takes no harm. */
const FILES_AT_ONCE = 4;

/**
 * Single files of a web server, read only: HTTP has no directories. A file whose length the server does not tell has
 * UNKNOWN_SIZE, one without a time the time 0.
 */
export function createHttpStorage(options: HttpStorageOptions): Storage {
  return createSingleFileStorage({
    server: 'a web server',
    filesAtOnce: FILES_AT_ONCE,
    find: (path) => findFile(options, path),
    open: (path, range) => openFile(options, path, range ?? { start: 0 }),
  });
}

/** The base of a server's files as `urlOf`: each part of a path is escaped on its own. */
export function belowUrl(base: URL): (path: string) => URL {
  const start = base.href.replace(/\/+$/, '');
  return (path) => new URL(`${start}/${splitPath(path).map(encodeURIComponent).join('/')}`);
}

async function findFile(options: HttpStorageOptions, path: string): Promise<FileInfo | null> {
  if (path === '/') return findRoot(options);
  const head = await follow(options, path, { method: 'HEAD' });
  await discard(head);
  if (head.statusCode === 200) return infoOf(path, readEntity(head));
  if (MISSING.has(head.statusCode)) return null;
  if (head.statusCode === 401) throw statusError(head, { what: path, url: options.urlOf(path) });
  return findByFirstByte(options, path);
}

/** Some servers have no HEAD, and signed addresses are signed for GET only. */
async function findByFirstByte(options: HttpStorageOptions, path: string): Promise<FileInfo | null> {
  const answer = await follow(options, path, { method: 'GET', headers: { Range: 'bytes=0-0' } });
  drop(answer);
  if (MISSING.has(answer.statusCode)) return null;
  if ([200, 206, 416].includes(answer.statusCode)) return infoOf(path, readEntity(answer));
  throw statusError(answer, { what: path, url: options.urlOf(path) });
}

const MISSING: ReadonlySet<number> = new Set([404, 410]);

/** Servers answer for their root as they like; it is there as long as they answer and let us in. */
async function findRoot(options: HttpStorageOptions): Promise<FileInfo> {
  const answer = await follow(options, '/', { method: 'HEAD' });
  await discard(answer);
  if (answer.statusCode === 401 || answer.statusCode >= 500) {
    throw statusError(answer, { what: '/', url: options.urlOf('/') });
  }
  return { path: '/', name: '', type: 'dir', sizeBytes: 0, modifiedAt: new Date(0), mode: 0o555 };
}

function infoOf(path: string, { sizeBytes, modifiedAt }: Entity): FileInfo {
  return {
    path,
    name: baseName(path),
    type: 'file',
    sizeBytes: sizeBytes ?? UNKNOWN_SIZE,
    modifiedAt,
    mode: 0o644,
  };
}

async function openFile(options: HttpStorageOptions, path: string, range: ByteRange): Promise<OpenFile> {
  if (path === '/') throw new StorageError('not-a-file', `${path}: name a file of the server`);
  const isNothing = range.end !== undefined && range.end < range.start;
  const isWhole = range.start === 0 && range.end === undefined;
  const headers = isWhole || isNothing ? {} : { Range: renderRange(range) };
  const answer = await follow(options, path, { method: isNothing ? 'HEAD' : 'GET', headers });
  if (![200, 206, 416].includes(answer.statusCode)) {
    await discard(answer);
    throw statusError(answer, { what: path, url: options.urlOf(path) });
  }
  const entity = readEntity(answer);
  const info = infoOf(path, entity);
  if (!isNothing && answer.statusCode !== 416) {
    return { info, stream: streamBody(options, { path, range, answer, entity }) };
  }
  await discard(answer);
  return { info, stream: Readable.from([]) };
}

interface Opened {
  readonly path: string;
  readonly range: ByteRange;
  readonly answer: HttpAnswer;
  readonly entity: Entity;
}

function streamBody(options: HttpStorageOptions, { path, range, answer, entity }: Opened): Readable {
  const { sizeBytes, validator } = entity;
  const wantedEnd = range.end === undefined ? null : range.end + 1;
  return streamResumed({
    what: path,
    body: answer.body as AsyncIterable<Buffer>,
    bodyStart: startOf(answer, range.start, path),
    from: range.start,
    until: sizeBytes === null ? wantedEnd : Math.min(wantedEnd ?? sizeBytes, sizeBytes),
    isExact: sizeBytes !== null,
    resume: validator === null ? null : (position) => askForRest(options, path, { position, validator }),
    explain: (error) => failureOf(options, { what: path, url: options.urlOf(path) }, error),
  });
}

/** If the file is another one meanwhile the server sends it whole, with 200 (RFC 9110 section 13.1.5). */
async function askForRest(
  options: HttpStorageOptions,
  path: string,
  { position, validator }: { readonly position: number; readonly validator: string },
): Promise<AsyncIterable<Buffer>> {
  const headers = { Range: renderRange({ start: position }), 'If-Range': validator };
  const answer = await follow(options, path, { method: 'GET', headers });
  if (answer.statusCode === 206 && startOf(answer, position, path) === position) {
    return answer.body as AsyncIterable<Buffer>;
  }
  drop(answer);
  if (answer.statusCode === 200 || answer.statusCode === 416) {
    throw new StorageError('changed', `${path} changed on the server while it was read`);
  }
  throw statusError(answer, { what: path, url: options.urlOf(path) });
}

interface Asked {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request and follows redirects, never from https to http and never with the credentials to elsewhere. */
async function follow(options: HttpStorageOptions, path: string, asked: Asked): Promise<HttpAnswer> {
  const first = options.urlOf(path);
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const isHome = url.origin === first.origin;
    const headers = { ...asked.headers, ...(isHome && authorization(options.credentials)) };
    const answer = await callHttp(options, { method: asked.method, url, headers, what: path });
    const location = isRedirect(answer.statusCode) ? headerOf(answer, 'location') : null;
    if (location === null) return answer;
    await discard(answer);
    url = nextUrl(url, location, path);
  }
  throw new StorageError('unsupported', `${path}: more than ${MAX_REDIRECTS} redirects`);
}

function isRedirect(statusCode: number): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode);
}

function nextUrl(from: URL, location: string, path: string): URL {
  const next = URL.parse(location, from.href);
  if (next === null) throw new StorageError('unsupported', `${path}: a redirect to what is no address`);
  if (from.protocol === 'https:' && next.protocol !== 'https:') {
    throw new StorageError('forbidden', `${path}: a redirect from an encrypted to an open connection`);
  }
  next.username = '';
  next.password = '';
  return next;
}

function authorization(credentials: Credentials | null): Readonly<Record<string, string>> {
  if (credentials === null) return {};
  const { username, password } = credentials;
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
