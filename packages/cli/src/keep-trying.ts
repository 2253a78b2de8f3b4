import { ApiFailure, pause, UnreachableFailure } from '@arras/client';

/** Between two tries, on average: the client itself has made several by then. */
const AGAIN_MS = 1_000;

/** As long as the client's own streams wait. */
const DEFAULT_PATIENCE_MS = 10 * 60_000;

/** How long to try, and what to try again after. */
export interface TryOptions {
  readonly signal: AbortSignal;
  /** Without success for so long the failure is thrown, in milliseconds. Default: 10 minutes. */
  readonly patienceMs?: number | undefined;
  /** Failures beside outages that can go away by themselves. */
  readonly canPass?: (error: unknown) => boolean;
}

/** Does something that an outage of the service may interrupt, until it is done. */
export async function keepTrying<Result>(
  work: () => Promise<Result>,
  { signal, patienceMs = DEFAULT_PATIENCE_MS, canPass = () => false }: TryOptions,
): Promise<Result> {
  let failingSinceMs: number | null = null;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      failingSinceMs ??= performance.now();
      const isHopeless = !isOutage(error) && !canPass(error);
      if (isHopeless || performance.now() - failingSinceMs > patienceMs) throw error;
    }
    await pause(AGAIN_MS * (0.5 + Math.random()), signal);
  }
}

/** The service is not there, or cannot answer now. */
function isOutage(error: unknown): boolean {
  if (error instanceof UnreachableFailure) return true;
  return error instanceof ApiFailure && (error.status >= 500 || error.status === 429);
}
