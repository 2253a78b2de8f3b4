import type { SshConnection } from './ssh-connection.ts';

/** Waits for work on a connection; a cut connection or the signal ends the wait before. */
export async function untilEnded<T>(parts: {
  readonly work: Promise<T>;
  readonly connection: SshConnection;
  readonly signal?: AbortSignal | undefined;
}): Promise<T> {
  const cut = parts.connection.ended.then((reason) => {
    throw reason;
  });
  return orAborted(Promise.race([parts.work, cut]), parts.signal);
}

/** Waits for a promise, or rejects with the signal's reason when that comes first. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  // When the signal ends the wait, nobody hears the promise's own end.
  promise.catch(() => {});
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
