import type { DeliveryView, NotificationView } from '@arras/contract';
import { call } from '../api/call.ts';
import { type AttemptRow, readAttempts } from './read-attempts.ts';

/** A subscription to a job with everything that became of it. */
export interface SubscriptionState {
  readonly subscription: NotificationView;
  /** Newest first. */
  readonly deliveries: readonly DeliveryView[];
  /** Newest first, the successful ones too. */
  readonly attempts: readonly AttemptRow[];
}

/** The largest page that the service gives. */
export const PAGE = 250;

/** Subscriptions that are read at the same time: a browser has six connections, and the page needs others. */
const AT_ONCE = 2;

/** Every subscription to a job that the user may see, with its deliveries and attempts, newest first. @throws ApiFailure */
export async function readSubscriptions(
  jobId: string,
  signal?: AbortSignal,
): Promise<readonly SubscriptionState[]> {
  const query = { associatedUuid: jobId, limit: PAGE };
  const rows = await call('listNotifications', { query, signal });
  const states: SubscriptionState[] = [];
  for (let first = 0; first < rows.length; first += AT_ONCE)
    states.push(
      ...(await Promise.all(
        rows.slice(first, first + AT_ONCE).map(({ id }) => readSubscription(id, signal)),
      )),
    );
  return states;
}

/** One subscription with its deliveries and attempts, newest first. @throws ApiFailure */
export async function readSubscription(id: string, signal?: AbortSignal): Promise<SubscriptionState> {
  const params = { id };
  const [subscription, deliveries, attempts] = await Promise.all([
    call('showNotification', { params, signal }),
    call('listDeliveries', { params, query: { limit: PAGE }, signal }),
    readAttempts(id, PAGE, signal),
  ]);
  return { subscription, deliveries, attempts };
}
