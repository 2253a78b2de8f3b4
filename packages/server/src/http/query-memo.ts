import type { FastifyRequest } from 'fastify';

/** Texts remembered at once; above that many all are forgotten. */
const MAX_KEPT = 500;
/** Longer ones are hardly sent twice, and must not fill the memory. */
const MAX_LENGTH = 200;

/** The query of a request as it was written, without its question mark. */
export function queryTextOf({ url }: Pick<FastifyRequest, 'url'>): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start + 1);
}

/**
 * Remembers what was read from a query: pollers send the same few for ever, and reading them with a schema costs more
 * than the rest of an answer from memory. What is read depends on the text alone, and nobody changes it.
 */
export class QueryMemo<Value> {
  readonly #kept = new Map<string, Value>();

  /** What `read` returns for the text, now or before. */
  get(text: string, read: () => Value): Value {
    const known = this.#kept.get(text);
    if (known !== undefined || text.length > MAX_LENGTH) return known ?? read();
    const value = read();
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(text, value);
    return value;
  }
}
