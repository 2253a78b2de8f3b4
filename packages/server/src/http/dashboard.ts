import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { ApiError } from '@arras/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { prefersGzip } from '../domain/content-coding.ts';

/** A file of the dashboard as it is sent. */
interface BuiltFile {
  readonly mediaType: string;
  readonly plain: Buffer;
  /** Null where compression gains nothing. */
  readonly gzipped: Buffer | null;
  readonly tag: string;
}

/** The dashboard as it was built. */
export interface Dashboard {
  readonly page: BuiltFile;
  /** By address, such as `/assets/index-D7KYNq5a.css`. */
  readonly assets: ReadonlyMap<string, BuiltFile>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

/**
 * Of the page: everything it needs comes from here, nothing of it is inline, and nobody shows it in a frame. Pictures
 * of outputs may be blobs; they are data, and run nothing.
 */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const;

const NOT_BUILT = `The dashboard is not here. In a checkout of Arras: npm run build; elsewhere install @arras/server again. Then start the
service again.
Everything else works: see /openapi.json, or the command line (arras --help).
`;

/** Reads what `npm run build` has made; null when it was not run. It is small: all of it stays in memory. */
export async function readDashboard(directory: string): Promise<Dashboard | null> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(ignoreMissing);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path) => [`/${relative(directory, path)}`, await readBuilt(path)] as const),
  );
  const assets = new Map(files);
  const page = assets.get('/index.html');
  return page === undefined ? null : { page, assets };
}

function ignoreMissing(error: unknown): readonly Dirent[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

async function readBuilt(path: string): Promise<BuiltFile> {
  const plain = await readFile(path);
  const gzipped = await promisify(gzip)(plain, { level: 9 });
  return {
    mediaType: MEDIA_TYPES[extname(path)] ?? 'application/octet-stream',
    plain,
    gzipped: gzipped.length < plain.length ? gzipped : null,
    tag: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
  };
}

/** Addresses that show the page; which part of it is shown the page decides itself. */
const PAGES = ['/', '/ui', '/ui/*'] as const;

/** Answers with the dashboard: the page is asked for each time, its parts bear their content in their names. */
export function serveDashboard(app: FastifyInstance, dashboard: Dashboard | null): void {
  const show = (request: FastifyRequest, reply: FastifyReply) => {
    if (dashboard === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
    // The address of the service itself, `/arras`, by which browsers would look for its parts beside it.
    if (isPathOfService(request)) return reply.redirect(`${pathOf(request.originalUrl)}/`);
    reply.headers(HEADERS).header('cache-control', 'no-cache');
    return sendFile(placePage(dashboard.page, request.url), request, reply);
  };
  for (const url of PAGES) app.route({ method: ['GET', 'HEAD'], url, handler: show });
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'HEAD'],
    url: '/assets/*',
    handler: (request, reply) => {
      const file = dashboard?.assets.get(`/assets/${request.params['*']}`);
      if (file === undefined) throw new ApiError('route.not-found');
      reply.header('cache-control', 'public, max-age=31536000, immutable');
      return sendFile(file, request, reply);
    },
  });
}

function isPathOfService({ originalUrl, url }: FastifyRequest): boolean {
  return originalUrl !== url && pathOf(url) === '/' && !pathOf(originalUrl).endsWith('/');
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** No page lies deeper; without an end the address of each part could be as long as that of the page. */
const DEEPEST = 16;

/**
 * The page at an address: its parts are named from there, `../assets/…`. So they are found below whatever path a proxy
 * puts before the addresses of the service, without anybody saying which. It is too small for compression to matter.
 */
function placePage(page: BuiltFile, url: string): BuiltFile {
  const depth = pathOf(url).split('/').length - 2;
  if (depth > DEEPEST) throw new ApiError('route.not-found');
  const up = depth > 0 ? '../'.repeat(depth) : './';
  const plain = Buffer.from(page.plain.toString().replaceAll('="./assets/', `="${up}assets/`));
  return { ...page, plain, gzipped: null, tag: `${page.tag}-${depth}` };
}

/** A form of its own has a tag of its own (RFC 9110 section 8.8.3.3). */
function sendFile(file: BuiltFile, { headers, method }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const gzipped = prefersGzip(headers['accept-encoding']) ? file.gzipped : null;
  const tag = `"${file.tag}${gzipped === null ? '' : '-gzip'}"`;
  reply.header('etag', tag).header('vary', 'Accept-Encoding');
  if (headers['if-none-match'] === tag) return reply.code(304).send();
  if (gzipped !== null) reply.header('content-encoding', 'gzip');
  const body = gzipped ?? file.plain;
  reply.type(file.mediaType).header('content-length', body.length);
  return reply.send(method === 'HEAD' ? null : body);
}
