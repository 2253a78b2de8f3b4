import { useEffect } from 'preact/hooks';
import { onJobEvent } from './live.ts';

/** Events make a page read again at most this often, in milliseconds. */
const EVERY_MS = 1_500;

/** Runs some time after events of jobs, not for each of them. */
export function useNews(run: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onJobEvent(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, EVERY_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
}
