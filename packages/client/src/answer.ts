import { ERRORS, type ErrorCode, type FieldProblem, isRecord } from '@arras/contract';
import { ApiFailure } from './failure.ts';
import type { Download } from './operation.ts';
import { parseRetryAfterMs } from './retry.ts';

/** Makes a failure of an answer that is not a success. Reads the body, whatever it is. */
export async function readFailure(response: Response, nowMs: number): Promise<ApiFailure> {
  const text = await response.text().catch(() => '');
  const envelope = parseRecord(text);
  return new ApiFailure({
    code: readCode(envelope.code),
    status: response.status,
    message: readMessage(response, envelope),
    problems: readProblems(envelope.errors),
    requestId: readText(envelope.requestId) ?? response.headers.get('x-request-id'),
    retryAfterMs: parseRetryAfterMs(response.headers.get('retry-after'), nowMs),
  });
}

/** The JSON of a success. An answer that is no JSON is not from Arras, whatever its status says. */
export function parseAnswer(response: Response, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiFailure({
      code: 'unknown',
      status: response.status,
      message: `Expected JSON from ${response.url}, got ${response.headers.get('content-type') ?? 'no content type'}`,
      problems: [],
      requestId: response.headers.get('x-request-id'),
      retryAfterMs: null,
    });
  }
}

/** The body of a success as a stream. */
export function openDownload(response: Response): Download {
  const { headers } = response;
  // A length is that of the compressed bytes, which nobody sees but the platform.
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity';
  const length = isPlain ? readCount(headers.get('content-length')) : null;
  const range = response.status === 206 ? parseContentRange(headers.get('content-range')) : null;
  return {
    stream: response.body ?? new Blob([]).stream(),
    length,
    mediaType: headers.get('content-type'),
    start: range?.start ?? 0,
    version: {
      etag: headers.get('etag'),
      lastModified: headers.get('last-modified'),
      size: response.status === 206 ? (range?.size ?? null) : length,
      sha256: parseSha256(headers.get('repr-digest')),
    },
  };
}

// Samples: bytes 100-199/200, bytes 100-199/*
const CONTENT_RANGE = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/;

function parseContentRange(value: string | null): { start: number; size: number | null } | null {
  const [, start, size] = CONTENT_RANGE.exec(value ?? '') ?? [];
  return start === undefined ? null : { start: Number(start), size: readCount(size) };
}

function readCount(value: string | null | undefined): number | null {
  return /^\d{1,15}$/.test(value ?? '') ? Number(value) : null;
}

// Sample (RFC 9530): sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:
const SHA256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/;

/** The digest of the whole file in hex; null when there is none. */
function parseSha256(digests: string | null): string | null {
  const base64 = SHA256.exec(digests ?? '')?.[1];
  if (base64 === undefined) return null;
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

function parseRecord(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {}; // Proxies answer with HTML: the status has to say it all.
  }
}

function readCode(value: unknown): ErrorCode | 'unknown' {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value) ? (value as ErrorCode) : 'unknown';
}

function readMessage(response: Response, envelope: Readonly<Record<string, unknown>>): string {
  const fallback = `HTTP ${response.status} ${response.statusText}`.trim();
  // OAuth has its own form (RFC 6749 section 5.2).
  return readText(envelope.message) ?? readText(envelope.error_description) ?? fallback;
}

function readText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is FieldProblem => {
    return isRecord(item) && typeof item.field === 'string' && typeof item.message === 'string';
  });
}
