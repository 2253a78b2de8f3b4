import { ApiError, type NotificationId, type NotificationView } from '@arras/contract';
import { findFirstFailures, findViewedSubscription } from '../../database/subscriptions.ts';
import type { Viewer } from '../../database/systems.ts';
import type { SubscriptionRow } from '../../database/tables.ts';
import { renderSubscription } from '../../events/subscription-view.ts';
import type { HttpContext } from '../context.ts';

/** The subscription, if it is the viewer's. Throws the one error that says nothing about whether it exists (S1). */
export async function getSubscription(
  { db }: HttpContext,
  viewer: Viewer,
  id: NotificationId,
): Promise<SubscriptionRow> {
  const subscription = await findViewedSubscription(db, viewer, id);
  if (subscription === null) throw new ApiError('notification.not-found');
  return subscription;
}

/** Subscriptions as they are shown. */
export async function showSubscriptions(
  context: HttpContext,
  subscriptions: readonly SubscriptionRow[],
): Promise<NotificationView[]> {
  const failures = await findFirstFailures(
    context.db,
    subscriptions.map(({ id }) => id),
  );
  return subscriptions.map((row) => renderSubscription(context, row, failures.get(row.id) ?? null));
}

/** One subscription as it is shown. */
export async function showSubscription(
  context: HttpContext,
  subscription: SubscriptionRow,
): Promise<NotificationView> {
  const failures = await findFirstFailures(context.db, [subscription.id]);
  return renderSubscription(context, subscription, failures.get(subscription.id) ?? null);
}
