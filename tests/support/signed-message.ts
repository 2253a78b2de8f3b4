import { createHash } from 'node:crypto';
import type { MessageKeys } from '../../packages/server/src/auth/message-keys.ts';
import { type JobMessage, signedBytes } from '../../packages/server/src/domain/job-message.ts';

let numbers = 0n;

/** A number that no message had before, for one that is sent now. */
export function freshNumber(sentAtMs = Date.now()): string {
  numbers += 1n;
  return String(BigInt(sentAtMs) * 1_000_000n + (numbers % 1_000_000n));
}

/** The signature of a message, made as programs make it: two hashes over the two blocks of the try's key. */
export function signMessage(
  keys: MessageKeys,
  message: Pick<JobMessage, 'tag' | 'number' | 'kind' | 'data'>,
): string {
  const blocks = keys.blocksOf(message.tag);
  const inner = createHash('sha256').update(blocks.subarray(0, 64)).update(signedBytes(message)).digest();
  return createHash('sha256').update(blocks.subarray(64)).update(inner).digest('hex');
}

/** The file of a message, as it lies in a spool. */
export function signedFile(
  keys: MessageKeys,
  message: Pick<JobMessage, 'tag' | 'number' | 'kind'>,
  json = '',
): { readonly name: string; readonly content: Uint8Array } {
  const { tag, number, kind } = message;
  const signature = signMessage(keys, { ...message, data: Buffer.from(json) });
  const content = Buffer.from(`arras-message 1 ${tag} ${number} ${kind} ${signature}\n${json}`);
  return { name: `${tag}.${number}`, content };
}
