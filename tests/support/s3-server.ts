import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Certificate } from './certificates.ts';
import { checkSignature, type S3Keys } from './s3-signature.ts';

interface StoredObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modifiedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
}

interface OpenUpload {
  readonly key: string;
  readonly initiatedAt: Date;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, StoredObject>;
}

/** What a request is answered with instead of the truth. `cut`: after so many bytes of a body the connection ends. */
export type S3Fault =
  | { readonly kind: 'status'; readonly status: number; readonly code: string }
  | { readonly kind: 'stall' }
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The answer is 200, but says in its body that it failed, as copies and completions can. */
  | { readonly kind: 'late-error' };

/** An object store of this process. */
export interface S3Server extends AsyncDisposable {
  readonly port: number;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, OpenUpload>;
  /** Each request as `PUT /bucket/key?uploadId=…`. */
  readonly requests: string[];
  /** Asked for each request before it is answered. */
  fault: (request: IncomingMessage) => S3Fault | null;
}

/** How the server is to be. */
export interface S3ServerOptions {
  readonly bucket: string;
  readonly keys: S3Keys;
  readonly certificate?: Certificate;
  /** Entries a page of a listing at most; 1000 by default, as everywhere. */
  readonly pageSize?: number;
  /** Smallest part but the last; 5 MiB by default, as everywhere. */
  readonly minPartBytes?: number;
}

/**
 * Serves one bucket as Amazon S3 documents it: signed requests, ranges and conditions, listings of version 2 in pages,
 * copies, uploads in parts. Refuses what the real one refuses.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const state: S3Server = {
    port: 0,
    objects: new Map(),
    uploads: new Map(),
    requests: [],
    fault: () => null,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    answer(state, options, request, response).catch(() => response.destroy());
  };
  const server: Server =
    options.certificate === undefined
      ? createServer(listener)
      : createTlsServer(options.certificate, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: string;

  constructor(status: number, code: string, extra = '') {
    super(code);
    this.status = status;
    this.code = code;
    this.extra = extra;
  }
}

interface Call {
  readonly state: S3Server;
  readonly options: S3ServerOptions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly fault: S3Fault | null;
}

async function answer(
  state: S3Server,
  options: S3ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  state.requests.push(`${request.method} ${request.url}`);
  const fault = state.fault(request);
  if (fault?.kind === 'stall') return;
  const body = await buffer(request);
  try {
    if (fault?.kind === 'status') throw new Refusal(fault.status, fault.code);
    const wrong = checkSignature(request, body, options.keys);
    if (wrong === 'AuthorizationHeaderMalformed')
      throw new Refusal(400, wrong, `<Region>${options.keys.region}</Region>`);
    if (wrong !== null) throw new Refusal(wrong === 'XAmzContentSHA256Mismatch' ? 400 : 403, wrong);
    if (fault?.kind === 'late-error') return sendXml(response, '<Error><Code>InternalError</Code></Error>');
    serve({ state, options, request, response, body, fault, ...readTarget(request, options) });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code><Message>refused</Message>${error.extra}</Error>`;
    response.writeHead(error.status, { 'Content-Type': 'application/xml' });
    response.end(request.method === 'HEAD' ? undefined : xml);
  }
}

function readTarget(request: IncomingMessage, { bucket }: S3ServerOptions) {
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const isByHost = (request.headers.host ?? '').startsWith(`${bucket}.`);
  const parts = path.slice(1).split('/').map(decodeURIComponent);
  if (!isByHost && parts.shift() !== bucket) throw new Refusal(404, 'NoSuchBucket');
  const key = parts.join('/');
  if (Buffer.byteLength(key) > 1024) throw new Refusal(400, 'KeyTooLongError');
  return { key, query: new URLSearchParams(search) };
}

function serve(call: Call): void {
  const { request, key, query } = call;
  const method = request.method ?? '';
  if (key === '' && method === 'GET') return query.has('uploads') ? listUploads(call) : list(call);
  if (key === '' && method === 'HEAD') return void call.response.end();
  if (method === 'GET' && query.has('uploadId')) return listParts(call);
  if (method === 'GET' || method === 'HEAD') return get(call);
  if (method === 'PUT' && query.has('partNumber')) return putPart(call);
  if (method === 'PUT') return put(call);
  if (method === 'DELETE' && query.has('uploadId')) return abort(call);
  if (method === 'DELETE') return remove(call);
  if (method === 'POST' && query.has('uploads')) return beginUpload(call);
  if (method === 'POST' && query.has('uploadId')) return completeUpload(call);
  throw new Refusal(501, 'NotImplemented');
}

function metadataOf({ request }: Call): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers)
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name, String(value)]),
  );
}

function store(bytes: Buffer, metadata: Readonly<Record<string, string>> = {}): StoredObject {
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
  return { bytes, etag, modifiedAt: new Date(), metadata };
}

function getStored({ state, key }: Pick<Call, 'state' | 'key'>): StoredObject {
  const object = state.objects.get(key);
  if (object === undefined) throw new Refusal(404, 'NoSuchKey');
  return object;
}

function get(call: Call): void {
  const { request, response, fault } = call;
  const object = getStored(call);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== object.etag) throw new Refusal(412, 'PreconditionFailed');
  const total = object.bytes.length;
  const [start, end] = readRange(request.headers.range, total);
  const isPart = request.headers.range !== undefined;
  response.writeHead(isPart ? 206 : 200, {
    'Content-Length': end - start,
    'Last-Modified': object.modifiedAt.toUTCString(),
    ETag: object.etag,
    'Accept-Ranges': 'bytes',
    ...(isPart && { 'Content-Range': `bytes ${start}-${end - 1}/${total}` }),
    ...object.metadata,
  });
  if (request.method === 'HEAD') return void response.end();
  const bytes = object.bytes.subarray(start, end);
  if (fault?.kind !== 'cut' || fault.afterBytes >= bytes.length) return void response.end(bytes);
  response.write(bytes.subarray(0, fault.afterBytes), () => response.destroy());
}

function readRange(header: string | undefined, total: number): readonly [number, number] {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (match === null) return [0, total];
  const start = Number(match[1]);
  if (start >= total) throw new Refusal(416, 'InvalidRange');
  return [start, match[2] === '' ? total : Math.min(Number(match[2]) + 1, total)];
}

function copySourceOf({ request, options, state }: Call): StoredObject | null {
  const header = request.headers['x-amz-copy-source'];
  if (header === undefined) return null;
  const [bucket, ...parts] = String(header).replace(/^\//, '').split('/').map(decodeURIComponent);
  if (bucket !== options.bucket) throw new Refusal(404, 'NoSuchBucket');
  return getStored({ state, key: parts.join('/') });
}

function put(call: Call): void {
  const { state, key, request, response, body } = call;
  const source = copySourceOf(call);
  if (source === null) {
    const object = store(body, metadataOf(call));
    state.objects.set(key, object);
    return void response.writeHead(200, { ETag: object.etag }).end();
  }
  const replaces = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  const copy = store(source.bytes, replaces ? metadataOf(call) : source.metadata);
  state.objects.set(key, copy);
  sendXml(response, `<CopyObjectResult><ETag>${escape(copy.etag)}</ETag></CopyObjectResult>`);
}

function remove({ state, key, response }: Call): void {
  state.objects.delete(key);
  response.writeHead(204).end();
}

function getUpload({ state, key, query }: Call): OpenUpload {
  const upload = state.uploads.get(query.get('uploadId') ?? '');
  if (upload === undefined || upload.key !== key) throw new Refusal(404, 'NoSuchUpload');
  return upload;
}

function beginUpload(call: Call): void {
  const uploadId = randomBytes(12).toString('base64');
  const { state, key } = call;
  state.uploads.set(uploadId, { key, initiatedAt: new Date(), metadata: metadataOf(call), parts: new Map() });
  sendXml(
    call.response,
    `<InitiateMultipartUploadResult><UploadId>${escape(uploadId)}</UploadId></InitiateMultipartUploadResult>`,
  );
}

function putPart(call: Call): void {
  const number = Number(call.query.get('partNumber'));
  if (!(number >= 1 && number <= 10_000)) throw new Refusal(400, 'InvalidArgument');
  const upload = getUpload(call);
  const source = copySourceOf(call);
  if (source === null) {
    const part = store(call.body);
    upload.parts.set(number, part);
    return void call.response.writeHead(200, { ETag: part.etag }).end();
  }
  const range = String(call.request.headers['x-amz-copy-source-range'] ?? '');
  const [start, end] = readRange(range, source.bytes.length);
  const part = store(source.bytes.subarray(start, end));
  upload.parts.set(number, part);
  sendXml(call.response, `<CopyPartResult><ETag>${escape(part.etag)}</ETag></CopyPartResult>`);
}

function completeUpload(call: Call): void {
  const upload = getUpload(call);
  const { minPartBytes = 5 * 1024 * 1024 } = call.options;
  const listed = [...call.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)];
  const parts = listed.map(([, number, etag], index) => {
    const part = upload.parts.get(Number(number));
    if (part === undefined || escape(part.etag) !== etag) throw new Refusal(400, 'InvalidPart');
    if (part.bytes.length < minPartBytes && index < listed.length - 1)
      throw new Refusal(400, 'EntityTooSmall');
    return part;
  });
  if (parts.length === 0) throw new Refusal(400, 'MalformedXML');
  const whole = store(Buffer.concat(parts.map(({ bytes }) => bytes)), upload.metadata);
  const object = { ...whole, etag: `${whole.etag.slice(0, -1)}-${parts.length}"` };
  call.state.objects.set(call.key, object);
  call.state.uploads.delete(call.query.get('uploadId') ?? '');
  sendXml(
    call.response,
    `<CompleteMultipartUploadResult><ETag>${escape(object.etag)}</ETag></CompleteMultipartUploadResult>`,
  );
}

function abort(call: Call): void {
  getUpload(call);
  call.state.uploads.delete(call.query.get('uploadId') ?? '');
  call.response.writeHead(204).end();
}

function list({ state, options, query, response }: Call): void {
  if (query.get('list-type') !== '2') throw new Refusal(501, 'NotImplemented');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const after = query.get('continuation-token') ?? '';
  const pageSize = Math.min(Number(query.get('max-keys') ?? 1000), options.pageSize ?? 1000);
  const sorted = [...state.objects.keys()].sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  const entries = new Map<string, StoredObject | null>();
  for (const key of sorted.filter((name) => name.startsWith(prefix))) {
    const cut = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut === -1) entries.set(key, state.objects.get(key) ?? null);
    else entries.set(key.slice(0, cut + 1), null);
  }
  const left = [...entries].filter(([name]) => Buffer.from(name).compare(Buffer.from(after)) > 0);
  const page = left.slice(0, pageSize);
  const isTruncated = left.length > page.length;
  const encode = (text: string) => encodeURIComponent(text).replaceAll('%20', '+').replaceAll('%2F', '/');
  const rows = page.map(([name, object]) =>
    object === null
      ? `<CommonPrefixes><Prefix>${encode(name)}</Prefix></CommonPrefixes>`
      : `<Contents><Key>${encode(name)}</Key><LastModified>${object.modifiedAt.toISOString()}</LastModified><ETag>${escape(object.etag)}</ETag><Size>${object.bytes.length}</Size></Contents>`,
  );
  const next = isTruncated
    ? `<NextContinuationToken>${escape(page.at(-1)?.[0] ?? '')}</NextContinuationToken>`
    : '';
  sendXml(
    response,
    `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>${isTruncated}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`,
  );
}

function listUploads({ state, options, query, response }: Call): void {
  const prefix = query.get('prefix') ?? '';
  const marker = query.get('upload-id-marker') ?? '';
  const left = [...state.uploads]
    .filter(([id, { key }]) => key.startsWith(prefix) && id > marker)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const page = left.slice(0, options.pageSize ?? 1000);
  const last = page.at(-1);
  const rows = page.map(
    ([id, { key, initiatedAt }]) =>
      `<Upload><Key>${escape(key)}</Key><UploadId>${escape(id)}</UploadId><Initiated>${initiatedAt.toISOString()}</Initiated></Upload>`,
  );
  const next =
    left.length > page.length && last !== undefined
      ? `<NextKeyMarker>${escape(last[1].key)}</NextKeyMarker><NextUploadIdMarker>${escape(last[0])}</NextUploadIdMarker>`
      : '';
  sendXml(
    response,
    `<ListMultipartUploadsResult><IsTruncated>${next !== ''}</IsTruncated>${next}${rows.join('')}</ListMultipartUploadsResult>`,
  );
}

function listParts(call: Call): void {
  const rows = [...getUpload(call).parts].map(
    ([number, { modifiedAt }]) =>
      `<Part><PartNumber>${number}</PartNumber><LastModified>${modifiedAt.toISOString()}</LastModified></Part>`,
  );
  sendXml(
    call.response,
    `<ListPartsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListPartsResult>`,
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function sendXml(response: ServerResponse, xml: string): void {
  response.writeHead(200, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}
