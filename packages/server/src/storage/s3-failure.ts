import { childText, type XmlElement } from './s3-xml.ts';
import { StorageError, type StorageErrorCode } from './storage.ts';

/** What an object store says went wrong (S3 API Reference, "Error responses"). */
export interface S3Failure {
  readonly code: string;
  readonly message: string;
  /** The region the bucket is in, where that is what is wrong. */
  readonly region: string | null;
}

/** Reads `<Error><Code>NoSuchKey</Code><Message>…</Message></Error>`. */
export function readS3Error(xml: XmlElement): S3Failure {
  return {
    code: childText(xml, 'Code') ?? 'unknown',
    message: childText(xml, 'Message') ?? '',
    region: childText(xml, 'Region'),
  };
}

/** Codes that say more than the status they come with. */
const CODES: Readonly<Record<string, StorageErrorCode>> = {
  NoSuchBucket: 'unreachable',
  NoSuchUpload: 'changed',
  PreconditionFailed: 'changed',
  QuotaExceeded: 'no-space',
  XMinioStorageFull: 'no-space',
  BadDigest: 'corrupt',
  XAmzContentSHA256Mismatch: 'corrupt',
  InvalidPart: 'corrupt',
  EntityTooLarge: 'unsupported',
  KeyTooLongError: 'forbidden',
  InvalidAccessKeyId: 'forbidden',
  SignatureDoesNotMatch: 'forbidden',
  RequestTimeTooSkewed: 'unavailable',
  RequestTimeout: 'unavailable',
  InternalError: 'unavailable',
  SlowDown: 'unavailable',
  ServiceUnavailable: 'unavailable',
  NotImplemented: 'unsupported',
};

const SENTENCES: Readonly<Record<string, string>> = {
  NoSuchBucket: 'the bucket does not exist: correct the container of the system, or make the bucket',
  InvalidAccessKeyId: 'the object store does not know the public key of the system',
  SignatureDoesNotMatch: 'the object store refuses the private key of the system',
  RequestTimeTooSkewed: 'the clocks of the object store and of this machine differ too much',
  QuotaExceeded: 'the quota of the bucket is used up',
  XMinioStorageFull: 'the object store is full',
  KeyTooLongError: 'the name is too long for the object store: at most 1024 bytes with all its directories',
};

/** The StorageError for a failure; `otherwise` for a code that says no more than its status. */
export function s3Error(failure: S3Failure, what: string, otherwise?: StorageError): StorageError {
  const { code, region } = failure;
  if (region !== null && (code === 'AuthorizationHeaderMalformed' || code === 'PermanentRedirect')) {
    return new StorageError(
      'forbidden',
      `${what}: the bucket is in the region ${region}: set it as storage.region`,
    );
  }
  const known = CODES[code];
  if (known === undefined && otherwise !== undefined) return otherwise;
  const sentence = SENTENCES[code] ?? `the object store says ${code}: ${failure.message}`;
  const retryAfterMs = otherwise?.retryAfterMs ?? null;
  return new StorageError(known ?? 'unavailable', `${what}: ${sentence}`, { retryAfterMs });
}
