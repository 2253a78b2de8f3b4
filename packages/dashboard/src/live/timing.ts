/** Time, as far as the stream and the election need it. */
export interface Timing {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Calls back once, unless it is called off with the function that it gives. */
  after(delayMs: number, run: () => void): () => void;
}

/** The browser's own. */
export const BROWSER_TIMING: Timing = {
  nowMs: () => Date.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Resolves after a time, or at once when the signal is aborted. */
export function waitMs(timing: Timing, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      callOff();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const callOff = timing.after(delayMs, end);
    signal.addEventListener('abort', end);
  });
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
