import { createHmac } from 'node:crypto';
import type { JobId } from '@arras/contract';
import { isSameSecret } from './secret-box.ts';
import type { ServiceKeys } from './service-key.ts';

/**
 * The tokens with which programs inside jobs speak to the service. Each is made from its job's id and the service's
 * key, so nothing of it has to be stored, and it reaches that one job only (S9). 256 bits.
 */
export interface JobTokens {
  tokenOf(jobId: JobId): string;
  isTokenOf(jobId: JobId, given: string): boolean;
}

/** Makes and verifies tokens; those of older keys stay good until their jobs end. */
export function createJobTokens(keys: ServiceKeys): JobTokens {
  const make = (key: Uint8Array, jobId: JobId) => createHmac('sha256', key).update(jobId).digest('base64url');
  return {
    tokenOf: (jobId) => make(keys[0], jobId),
    isTokenOf: (jobId, given) => keys.some((key) => isSameSecret(given, make(key, jobId))),
  };
}
