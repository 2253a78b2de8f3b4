import type { AttemptResult } from '../channels/channel.ts';
import { inTransaction } from '../database/connection.ts';
import { type ClaimedDelivery, cancelDeliveries } from '../database/deliveries.ts';
import { insertResourceEvent } from '../database/resource-events.ts';
import { endSubscription } from '../database/subscription-health.ts';
import type { NotificationContext } from './context.ts';

/** Who causes the events below. */
const SERVICE = 'arras';

/** A one-shot subscription has done its work; what else had matched it is not sent. */
export async function completeSubscription(
  context: NotificationContext,
  delivery: ClaimedDelivery,
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    const ended = await endSubscription(tx, delivery.subscription_id, 'COMPLETE');
    if (ended) await cancelDeliveries(tx, delivery.subscription_id);
  });
}

/** An event was given up. A one-shot subscription is over with it, a persistent one goes on (DECISIONS). */
export async function parkOnce(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  result: AttemptResult,
): Promise<void> {
  const { subscription_id: id } = delivery;
  const reason = `The event ${delivery.event_name} could not be delivered: ${result.message}`;
  await inTransaction(context.db, async (tx) => {
    if (!delivery.persistent && (await endSubscription(tx, id, 'FAILED'))) await cancelDeliveries(tx, id);
    await recordEnd(context, tx, delivery, { name: 'FAILURE', description: reason });
  });
}

/** Nothing more is sent there until its owner says so. */
export async function disableSubscription(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  reason: string,
): Promise<void> {
  const { subscription_id: id } = delivery;
  await inTransaction(context.db, async (tx) => {
    const ended = await endSubscription(tx, id, 'INACTIVE');
    if (!ended) return;
    await cancelDeliveries(tx, id);
    await recordEnd(context, tx, delivery, { name: 'DISABLED', description: `Disabled: ${reason}` });
  });
  context.log.warn({ subscriptionId: id, reason }, 'subscription.disabled');
}

async function recordEnd(
  context: NotificationContext,
  tx: Parameters<typeof insertResourceEvent>[0],
  delivery: ClaimedDelivery,
  event: { readonly name: string; readonly description: string },
): Promise<void> {
  const { subscription_id: id } = delivery;
  await insertResourceEvent(tx, {
    id: context.newId('notificationEvent'),
    resourceUuid: id,
    name: event.name,
    description: event.description,
    body: shownSubscription(delivery),
    createdBy: SERVICE,
  });
}

/** What subscribers of a subscription's own events are shown of it. */
function shownSubscription(delivery: ClaimedDelivery): object {
  return {
    id: delivery.subscription_id,
    owner: delivery.subscription_owner,
    url: delivery.url,
    associatedUuid: delivery.associated_uuid,
    persistent: delivery.persistent,
  };
}
