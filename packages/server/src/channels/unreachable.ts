import { errors } from 'undici';
import { BlockedError } from './blocked.ts';
import type { AttemptResult } from './channel.ts';
import { ConnectTimeout, TlsFailure } from './guarded-connector.ts';

/** The answer was not whole in time. */
export class AnswerTimeout extends Error {
  override readonly name = 'AnswerTimeout';
  constructor(limitMs: number) {
    super(`no whole answer within ${limitMs / 1_000} s`);
  }
}

/** The codes that stand for failures without an answer (spec: notifications 8). */
const CONNECT_TIMEOUT = 408;
const NO_TLS = 404;
const OTHER = 500;

/** What we say for the errors of sockets, names and undici; anything else is a broken connection. */
const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: the connection was refused',
  ECONNRESET: 'the connection was cut before an answer',
  EPIPE: 'the connection was cut before an answer',
  UND_ERR_SOCKET: 'the connection was cut before an answer',
  ENOTFOUND: 'the name of the host has no address',
  ENODATA: 'the name of the host has no address',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEOUT: 'the name of the host could not be looked up in time',
  ESERVFAIL: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
  UND_ERR_HEADERS_OVERFLOW: 'the head of the answer is too large',
};

/** Sentences for certificates, by OpenSSL's and Node's codes. */
const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by an unknown authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
};

/**
 * Turns whatever stopped a call into a result. The sentences are ours: errors of libraries name addresses, and
 * sometimes what was sent.
 */
export function describeUnreachable(error: unknown): AttemptResult {
  if (error instanceof BlockedError) return { outcome: 'blocked', code: 0, message: error.message };
  if (error instanceof AnswerTimeout) return unreachable(OTHER, error.message);
  if (error instanceof ConnectTimeout) return unreachable(CONNECT_TIMEOUT, 'no connection within 5 s');
  if (error instanceof TlsFailure) {
    return unreachable(NO_TLS, CERTIFICATES[codeOf(error.cause)] ?? 'TLS could not be agreed on');
  }
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return unreachable(CONNECT_TIMEOUT, 'no connection in time');
  if (error instanceof errors.HTTPParserError) return unreachable(OTHER, 'the answer is no HTTP');
  return unreachable(OTHER, SENTENCES[code] ?? 'the call was cut off');
}

function unreachable(code: number, message: string): AttemptResult {
  return { outcome: 'unreachable', code, message };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
