import type { Draft } from './request-edits.ts';

/**
 * A key that stays the same as long as the request does: a second click, and a second try after an outage, give the job
 * that the first one made. After a change it is another one.
 */
export class SubmissionKey {
  readonly #random: () => string;
  #request = '';
  #key = '';

  constructor(random: () => string = randomKey) {
    this.#random = random;
  }

  /** The key of a request. */
  of(draft: Draft): string {
    const request = JSON.stringify(draft);
    if (this.#key === '' || request !== this.#request) this.#key = this.#random();
    this.#request = request;
    return this.#key;
  }
}

/** Pages over plain HTTP have no `crypto.randomUUID`. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
