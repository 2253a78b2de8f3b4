/** One text for every refusal: it must not tell which addresses exist inside. */
export const BLOCKED_MESSAGE = 'the address may not be called from here; nothing was sent';

/** The address is one that must not be reached. Raised before the first byte. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  constructor() {
    super(BLOCKED_MESSAGE);
  }
}
