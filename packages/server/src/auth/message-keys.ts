import { createHmac } from 'node:crypto';
import { isSameSecret } from './secret-box.ts';
import type { ServiceKeys } from './service-key.ts';

/**
 * The keys with which tries sign what they say. Each is made from the try's tag and the service's key, apart from the
 * tokens: it is never sent, and it is good for that one try.
 */
export interface MessageKeys {
  /**
   * What a try signs with: its key as the two blocks of HMAC-SHA256 (RFC 2104), 64 bytes each, so that on a host
   * `sha256(second, sha256(first, message))` is all there is to do. Secret.
   */
  blocksOf(tag: string): Uint8Array;
  /** Whether the holder of the try's key signed these bytes; the signature is hexadecimal. */
  isSignedBy(tag: string, signed: Uint8Array, signature: string): boolean;
}

/** Bytes that SHA-256 works on at a time. */
const BLOCK_BYTES = 64;

/** Makes and verifies; what was signed with older keys of the service stays good until those tries end. */
export function createMessageKeys(keys: ServiceKeys): MessageKeys {
  const make = (key: Uint8Array, tag: string) => createHmac('sha256', key).update(tag).digest();
  return {
    blocksOf: (tag) => {
      const key = make(keys[0], tag);
      const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
      const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
      key.forEach((byte, index) => {
        inner[index] = byte ^ 0x36;
        outer[index] = byte ^ 0x5c;
      });
      return Buffer.concat([inner, outer]);
    },
    isSignedBy: (tag, signed, signature) =>
      keys.some((key) =>
        isSameSecret(signature, createHmac('sha256', make(key, tag)).update(signed).digest('hex')),
      ),
  };
}
