import { FTPError } from 'basic-ftp';
import { explainCertificate, explainFailure } from '../net/connection-failure.ts';
import { StorageError, type StorageErrorCode } from './storage.ts';

/** Whom the failures are about. */
export interface FtpFailureContext {
  readonly host: string;
  /** As of a web server: one that was registered is waited for, another one is tried a few times only. */
  readonly isRegistered: boolean;
}

/** Reply codes (RFC 959 section 4.2.1); one that is not here is a refusal that may pass. */
const CODES: Readonly<Record<number, StorageErrorCode>> = {
  430: 'forbidden',
  452: 'no-space',
  500: 'unsupported',
  501: 'unsupported',
  502: 'unsupported',
  504: 'unsupported',
  530: 'forbidden',
  532: 'forbidden',
  534: 'forbidden',
  550: 'not-found',
  552: 'no-space',
  553: 'forbidden',
};

/** Servers say 550 for what is missing and for what is forbidden, and tell them apart in words only. */
const FORBIDDEN_WORDS = /permission|denied|not allowed|read-only|prohibited|access/i;
const FULL_WORDS = /no space|quota|disk full/i;

/** Whether a server answered, and refused. */
export function isRefusal(error: unknown): error is FTPError {
  return error instanceof FTPError;
}

/** The StorageError for anything that went wrong while talking to a server. */
export function ftpFailure(context: FtpFailureContext, what: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  if (isRefusal(error)) {
    // The reply begins with its code; it may have several lines, and hold what we sent, but never a password.
    const said = error.message.replace(/\s+/g, ' ').slice(0, 200);
    return new StorageError(codeOf(error), `${what}: ${context.host} says ${said}`, { cause: error });
  }
  const certificate = explainCertificate(error);
  const { trouble, sentence } = explainFailure(error);
  const isFinal = certificate !== null || trouble === 'blocked';
  const code = isFinal ? 'forbidden' : context.isRegistered ? 'unreachable' : 'unavailable';
  const text = certificate ?? (isTimeout(error) ? 'nothing came in time' : sentence);
  return new StorageError(code, `${what}: ${context.host}: ${text}`, { cause: error });
}

function codeOf({ code, message }: FTPError): StorageErrorCode {
  if (code >= 400 && FULL_WORDS.test(message)) return 'no-space';
  if (code === 550 && FORBIDDEN_WORDS.test(message)) return 'forbidden';
  return CODES[code] ?? 'unavailable';
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Timeout');
}
