import { addAbortSignal, type Readable } from 'node:stream';

/**
 * Destroys the source of a write when the write is aborted, so that nobody waits for a source that says nothing. Errors of
 * the source are the write's to tell: without this listener one that comes while nobody reads would end the process.
 */
export function abortWith(signal: AbortSignal | undefined, source: Readable): void {
  source.on('error', () => undefined);
  if (signal !== undefined) addAbortSignal(signal, source);
}
