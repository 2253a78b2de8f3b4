import type { DeliveryView, NotificationSummary } from '@arras/contract';
import { call } from '../../api/call.ts';
import { type AttemptRow, readAttempts } from '../../notifications/read-attempts.ts';

/** A subscription as the list shows it. */
export interface SubscriptionRow {
  readonly subscription: NotificationSummary;
  /** The last ones, newest first. */
  readonly deliveries: readonly DeliveryView[];
  readonly attempts: readonly AttemptRow[];
}

/** Subscriptions of one page. */
export const ROWS = 25;

/** Deliveries and attempts that a row tells of. */
const LAST = 30;

/** Rows that are read at the same time: a browser has six connections, and the page needs others. */
const AT_ONCE = 2;

/** Which subscriptions a list shows. */
export interface RowsQuery {
  readonly status: string;
  /** From which one on, counted from 0. */
  readonly offset: number;
}

/** A page of subscriptions with what became of the last events, newest first. @throws ApiFailure */
export async function readRows(
  { status, offset }: RowsQuery,
  signal: AbortSignal,
): Promise<readonly SubscriptionRow[]> {
  const found = await call('listNotifications', { query: { status, limit: ROWS, offset }, signal });
  const rows: SubscriptionRow[] = [];
  for (let first = 0; first < found.length; first += AT_ONCE)
    rows.push(
      ...(await Promise.all(found.slice(first, first + AT_ONCE).map((each) => readRow(each, signal)))),
    );
  return rows;
}

async function readRow(subscription: NotificationSummary, signal: AbortSignal): Promise<SubscriptionRow> {
  const params = { id: subscription.id };
  const [deliveries, attempts] = await Promise.all([
    call('listDeliveries', { params, query: { limit: LAST }, signal }),
    readAttempts(subscription.id, LAST, signal),
  ]);
  return { subscription, deliveries, attempts };
}
