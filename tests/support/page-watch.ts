import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';

/** Hears everything that a browser complains about, and every place that it asks for something. */
export class PageWatch {
  readonly #origin: string;
  readonly #expected: readonly RegExp[];
  readonly #troubles: string[] = [];

  constructor(context: BrowserContext, url: string, expected: readonly RegExp[]) {
    this.#origin = new URL(url).origin;
    this.#expected = expected;
    context.on('request', (request) => this.#checkAddress(request.url()));
    context.on('page', (page) => this.#watchPage(page));
    context.on('weberror', (error) => this.#note(`uncaught: ${String(error.error().stack)}`));
  }

  /** Fails when a page logged an error, broke its policy, or asked another place than the service. */
  expectHarmless(): void {
    assert.deepEqual(this.#troubles, []);
  }

  /** Violations of the content security policy are errors in the console as well. */
  #watchPage(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.#note(`${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on('websocket', (socket) => this.#checkAddress(socket.url().replace(/^ws/, 'http')));
  }

  #checkAddress(address: string): void {
    const { protocol, origin } = new URL(address);
    if (protocol !== 'blob:' && origin !== this.#origin) this.#note(`asked ${address}`);
  }

  #note(trouble: string): void {
    if (!this.#expected.some((pattern) => pattern.test(trouble))) this.#troubles.push(trouble);
  }
}
