import { errors } from 'undici';
import { BlockedError } from './blocked.ts';
import { ConnectTimeout, TlsFailure } from './guarded-connector.ts';

/** What stopped a call before its answer was whole. `certificate`: the host does not prove that it is the one named. */
export type ConnectionTrouble = 'blocked' | 'no-connection' | 'certificate' | 'no-tls' | 'cut-off';

/** Why a call failed, in words of our own: errors of libraries name addresses, and sometimes what was sent. */
export interface ConnectionFailure {
  readonly trouble: ConnectionTrouble;
  readonly sentence: string;
}

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

/** Explains whatever stopped a call through the egress guard. */
export function explainFailure(error: unknown): ConnectionFailure {
  if (error instanceof BlockedError) return { trouble: 'blocked', sentence: error.message };
  if (error instanceof ConnectTimeout) {
    return { trouble: 'no-connection', sentence: 'no connection within 5 s' };
  }
  if (error instanceof TlsFailure) {
    const sentence = explainCertificate(error.cause);
    if (sentence !== null) return { trouble: 'certificate', sentence };
    return { trouble: 'no-tls', sentence: 'TLS could not be agreed on' };
  }
  const code = codeOf(error);
  if (code === 'ETIMEDOUT') return { trouble: 'no-connection', sentence: 'no connection in time' };
  if (error instanceof errors.HTTPParserError)
    return { trouble: 'cut-off', sentence: 'the answer is no HTTP' };
  return { trouble: 'cut-off', sentence: SENTENCES[code] ?? 'the call was cut off' };
}

/** What is wrong with a certificate; null when the error is about something else. */
export function explainCertificate(error: unknown): string | null {
  return CERTIFICATES[codeOf(error)] ?? null;
}

/** How far a call came: looking up the name, connecting, TLS, the answer, or none because it was not let out. */
export type FailedStage = 'blocked' | 'dns' | 'connect' | 'tls' | 'http' | 'cut-off';

const STAGES: Readonly<Record<string, FailedStage>> = {
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  EAI_AGAIN: 'dns',
  ETIMEOUT: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  ETIMEDOUT: 'connect',
  UND_ERR_HEADERS_OVERFLOW: 'http',
};

/** At what a call through the egress guard failed. */
export function failedStage(error: unknown): FailedStage {
  if (error instanceof BlockedError) return 'blocked';
  if (error instanceof ConnectTimeout) return 'connect';
  if (error instanceof TlsFailure) return 'tls';
  if (error instanceof errors.HTTPParserError) return 'http';
  return STAGES[codeOf(error)] ?? 'cut-off';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
