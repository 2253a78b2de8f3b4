import type { HistoryEntry } from '@arras/contract';
import { useEffect, useRef } from 'preact/hooks';
import { call } from '../../api/call.ts';
import { onJobChanged, onJobEvent, onResync } from '../../live/live.ts';
import { type CallState, useCall } from '../../store/use-call.ts';
import { HISTORY_PAGE, readHistory } from './history-pages.ts';

/** What happens faster is seen in one look, in milliseconds. */
const EVERY_MS = 250;

/** Reads the history of a job, and what is new of it whenever something happens. */
export function useHistory(id: string): CallState<readonly HistoryEntry[]> {
  const known = useRef<{ readonly id: string; readonly history: readonly HistoryEntry[] }>({
    id,
    history: [],
  });
  const calling = useCall(
    async (signal) => {
      const before = known.current.id === id ? known.current.history : [];
      const history = await readHistory(before, (since) =>
        call('listJobHistory', { params: { id }, query: { limit: HISTORY_PAGE, since }, signal }),
      );
      known.current = { id, history };
      return history;
    },
    [id],
  );
  useNews(id, EVERY_MS, calling.refresh);
  // After a reset of the service the numbers may have gone back.
  useEffect(
    () =>
      onResync(({ isReset }) => {
        if (isReset) known.current = { id, history: [] };
      }),
    [id],
  );
  return calling;
}

/** Runs something when a job has news, at most once in so many milliseconds. */
export function useNews(id: string, everyMs: number, run: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (jobId: string) => {
      if (jobId !== id) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, everyMs);
    };
    const stops = [onJobEvent(({ job }) => soon(job.id)), onJobChanged(soon)];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [id, everyMs, run]);
}
