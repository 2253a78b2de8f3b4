import { useEffect } from 'preact/hooks';
import { nextLookMs } from '../../../notifications/delivery-groups.ts';
import { readSubscriptions, type SubscriptionState } from '../../../notifications/read-subscriptions.ts';
import { type CallState, useCall } from '../../../store/use-call.ts';
import { serverNowMs } from '../../../ui/clock.ts';
import { useNews } from '../use-history.ts';

/** A message follows its event by about this time, in milliseconds. */
const AFTER_EVENT_MS = 1_500;

/** Reads the subscriptions to a job and what became of them, again after each event and when an attempt is due. */
export function useSubscriptions(id: string): CallState<readonly SubscriptionState[]> {
  const calling = useCall((signal) => readSubscriptions(id, signal), [id]);
  const { state, refresh } = calling;
  useNews(id, AFTER_EVENT_MS, refresh);
  useEffect(() => {
    const deliveries = (state.value ?? []).flatMap((each) => each.deliveries);
    const waitMs = nextLookMs(deliveries, serverNowMs());
    if (waitMs === null) return;
    const timer = setTimeout(refresh, waitMs);
    return () => clearTimeout(timer);
  }, [state.value, state.failure]);
  return calling;
}
