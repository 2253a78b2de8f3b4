import { hash } from 'node:crypto';
import type { SecretBox } from './secret-box.ts';

/** Random bytes of a postit: 128 bits cannot be guessed, and existing clients expect the 32 characters that they make. */
const POSTIT_BYTES = 16;

/** A postit: whoever has it may use it. */
export function makePostit(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(POSTIT_BYTES)).toString('hex');
}

/** What a postit is found by. A plain hash is enough: there are no weak ones to guess. */
export function hashPostit(postit: string): Buffer {
  return hash('sha256', postit, 'buffer');
}

/** Seals a postit for the lists of its creator: the database alone gives nobody one that works. */
export function sealPostit(box: SecretBox, postit: string): string {
  return box.seal(postit, placeOf(hashPostit(postit)));
}

/** Opens what {@link sealPostit} sealed. Throws UnopenableSecret. */
export function openPostit(
  box: SecretBox,
  row: { readonly postit_hash: Buffer; readonly sealed: string },
): string {
  return box.open(row.sealed, placeOf(row.postit_hash));
}

function placeOf(postitHash: Buffer) {
  return { table: 'postits', row: postitHash.toString('hex'), column: 'sealed' };
}
