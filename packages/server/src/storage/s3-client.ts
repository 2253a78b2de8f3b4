import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { callHttp, type HttpAnswer, type HttpCaller, type HttpRequest, statusError } from './http-call.ts';
import { readS3Error, s3Error } from './s3-failure.ts';
import { parseXml, UnreadableXml, type XmlElement } from './s3-xml.ts';
import { StorageError } from './storage.ts';

/** A bucket and the keys to it. */
export interface S3Account {
  /** `https://s3.example.org:9000`. Begins its host with the bucket's name, buckets are addressed by host, else by path. */
  readonly endpoint: URL;
  readonly bucket: string;
  /** Null: as the host says, else `us-east-1`. */
  readonly region: string | null;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Milliseconds before a request is sent for the second time, 200 by default. */
  readonly firstPauseMs?: number;
}

/** One request to a bucket. */
export interface S3Request extends Pick<HttpRequest, 'method' | 'body' | 'signal'> {
  /** Null: the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What messages call it. */
  readonly what: string;
  /** Statuses that are no error beside 2xx. */
  readonly expected?: readonly number[];
}

/** Signed requests to one bucket. */
export interface S3Client {
  /** The answer, whose body the caller reads or discards. Throws StorageError. */
  send(request: S3Request): Promise<HttpAnswer>;
  /** The answer read as XML; an error in an answer with the status 200 is one. Throws StorageError. */
  sendForXml(request: S3Request): Promise<XmlElement>;
  /** The value of `x-amz-copy-source` for a key. */
  copySource(key: string): string;
  explain(request: Pick<S3Request, 'what' | 'key'>, error: unknown): StorageError;
}

/** Tries of one request. Object stores ask for it: they answer 503 while they spread load. */
const TRIES = 4;
const FIRST_PAUSE_MS = 200;

/** A request that took longer was not refused, but hung: who asks hears of it before it hangs again. */
const PATIENCE_MS = 30_000;

/** The most of an answer in XML that is read: a listing of 1000 keys of 1024 escaped bytes has 4 MB. */
const MAX_XML_BYTES = 16 * 1024 * 1024;

/** Makes the client. Nothing is connected until it is used. */
export function createS3Client(
  account: S3Account,
  caller: HttpCaller,
  explain: S3Client['explain'],
): S3Client {
  const urlOf = addressing(account);
  // Derived keys of a day, so that not every request derives them anew.
  const cache = new Map<string, ArrayBuffer>();

  const sendOnce = async (request: S3Request): Promise<HttpAnswer> => {
    const url = urlOf(request.key, request.query ?? {});
    const { what, method, body, signal } = request;
    const { headers } = await signerOf(account, { url, request, cache }).sign();
    const sent = { method, url, what, headers: Object.fromEntries(headers), ...(body && { body }) };
    const answer = await callHttp(caller, { ...sent, ...(signal && { signal }) });
    if (isExpected(answer, request)) return answer;
    throw await errorOf(answer, { what, url });
  };
  const patience = account.firstPauseMs ?? FIRST_PAUSE_MS;
  const send = (request: S3Request) => sendPatiently(request, patience, () => sendOnce(request));
  return {
    send,
    explain,
    copySource: (key) => `/${[account.bucket, ...key.split('/')].map(encodePart).join('/')}`,
    sendForXml: (request) =>
      sendPatiently(request, patience, async () => {
        const answer = await sendOnce(request);
        const xml = await readXml(answer, request);
        if (xml.name !== 'Error') return xml;
        throw s3Error(readS3Error(xml), request.what);
      }),
  };
}

/** Every request here may be sent twice: parts and objects are replaced by the same, deletions find nothing more. */
async function sendPatiently<Value>(
  { signal }: S3Request,
  firstPauseMs: number,
  send: () => Promise<Value>,
): Promise<Value> {
  const began = performance.now();
  for (let tried = 1; ; tried += 1) {
    try {
      return await send();
    } catch (error) {
      if (
        !(error instanceof StorageError) ||
        !isPassing(error) ||
        tried >= TRIES ||
        performance.now() - began > PATIENCE_MS ||
        signal?.aborted
      )
        throw error;
      const pauseMs = firstPauseMs * 4 ** (tried - 1) * (0.5 + Math.random());
      await sleep(Math.min(pauseMs, error.retryAfterMs ?? pauseMs), undefined, signal && { signal });
    }
  }
}

/** A connection that failed has a cause; a bucket that is not there will not come by asking. */
function isPassing({ code, cause }: StorageError): boolean {
  return code === 'unavailable' || (code === 'unreachable' && cause !== undefined);
}

function isExpected({ statusCode }: HttpAnswer, { expected = [] }: S3Request): boolean {
  return (statusCode >= 200 && statusCode <= 299) || expected.includes(statusCode);
}

async function errorOf(answer: HttpAnswer, about: Pick<HttpRequest, 'what' | 'url'>): Promise<StorageError> {
  try {
    const xml = parseXml((await readBody(answer, 65_536)).toString('utf8'));
    return s3Error(readS3Error(xml), about.what, statusError(answer, about, childLine(xml)));
  } catch {
    // HEAD has no body, and what stands between us and the store answers in HTML: the status has to do.
    return statusError(answer, about);
  }
}

function childLine(xml: XmlElement): string {
  const { code, message } = readS3Error(xml);
  return `${code}: ${message}`.replace(/\s+/g, ' ').slice(0, 200);
}

async function readXml(answer: HttpAnswer, { what }: S3Request): Promise<XmlElement> {
  try {
    return parseXml((await readBody(answer, MAX_XML_BYTES)).toString('utf8'));
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const said = error instanceof UnreadableXml ? error.message : 'the answer broke off';
    throw new StorageError(
      'unavailable',
      `${what}: the object store answers with what cannot be read: ${said}`,
      {
        cause: error,
      },
    );
  }
}

async function readBody(answer: HttpAnswer, limitBytes: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  let total = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > limitBytes) throw new UnreadableXml(`more than ${limitBytes} bytes`);
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}

interface Signed {
  readonly url: URL;
  readonly request: S3Request;
  readonly cache: Map<string, ArrayBuffer>;
}

/** The hash of what is sent is signed with it, so that the store refuses what was changed on the way. */
function signerOf(account: S3Account, { url, request, cache }: Signed): AwsV4Signer {
  const { method, headers, body = EMPTY } = request;
  const hash = createHash('sha256').update(body).digest('hex');
  return new AwsV4Signer({
    method,
    url: url.href,
    headers: { ...headers, 'X-Amz-Content-Sha256': hash },
    accessKeyId: account.accessKeyId,
    secretAccessKey: account.secretAccessKey,
    service: 's3',
    ...(account.region !== null && { region: account.region }),
    cache,
  });
}

const EMPTY = Buffer.alloc(0);

function addressing({ endpoint, bucket }: S3Account) {
  const isByHost = endpoint.hostname.startsWith(`${bucket}.`);
  return (key: string | null, query: Readonly<Record<string, string>>): URL => {
    const parts = [...(isByHost ? [] : [bucket]), ...(key === null ? [] : key.split('/'))];
    const url = new URL(`${endpoint.origin}/${parts.map(encodePart).join('/')}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
}

/** What `encodeURIComponent` leaves, the signature escapes (AWS Signature Version 4, UriEncode). */
function encodePart(part: string): string {
  return encodeURIComponent(part).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
