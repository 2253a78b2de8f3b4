import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { keep, readKept } from '../../preferences/browser-storage.ts';
import { serverNowMs } from '../../ui/clock.ts';
import { continueVisit, markSeen, newsSince, readVisit } from './last-visit.ts';

/** How often it is kept that the visit goes on, in milliseconds. */
const KEEP_EVERY_MS = 60_000;

/** Since when this visit is told of news. */
export interface VisitNews {
  readonly sinceMs: number;
  /** There was no visit before this one, as far as this browser knows. */
  readonly isFirst: boolean;
  /** All news was seen: from now on only what comes next is news. */
  readonly markSeen: () => void;
}

/** The visit of a user in this browser, which is kept as long as the page is seen. */
export function useVisit(username: string): VisitNews {
  const name = `visit.${username}`;
  const visit = useSignal(continueVisit(readVisit(readKept(name), serverNowMs()), serverNowMs()));
  const sinceMs = useSignal(newsSince(visit.peek(), serverNowMs()));
  const save = () => keep(name, JSON.stringify(visit.peek()));
  useEffect(() => {
    const goOn = () => {
      if (document.visibilityState === 'hidden') return;
      visit.value = { ...visit.peek(), seenMs: serverNowMs() };
      save();
    };
    goOn();
    const timer = setInterval(goOn, KEEP_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return {
    sinceMs: sinceMs.value,
    isFirst: visit.value.sinceMs === null,
    markSeen: () => {
      visit.value = markSeen(serverNowMs());
      sinceMs.value = serverNowMs();
      save();
    },
  };
}
