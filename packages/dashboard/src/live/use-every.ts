import { useEffect } from 'preact/hooks';

/** Runs something again and again while the page is seen: for what sends no events. */
export function useEvery(everyMs: number, run: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && run(), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, run]);
}
