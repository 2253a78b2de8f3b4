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
  const length = response.headers.get('content-length');
  return {
    stream: response.body ?? new Blob([]).stream(),
    length: length === null ? null : Number(length),
    mediaType: response.headers.get('content-type'),
  };
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
  return readText(envelope.message) ?? fallback;
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
