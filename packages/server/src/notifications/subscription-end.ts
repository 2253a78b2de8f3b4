import { DEFAULT_POLICY } from '@arras/contract';
import type { AttemptResult } from '../channels/channel.ts';
import type { ClaimedDelivery } from '../database/claim-deliveries.ts';
import type { Db } from '../database/connection.ts';
import { cancelDeliveries } from '../database/deliveries.ts';
import { findProfile } from '../database/profiles.ts';
import { insertResourceEvent } from '../database/resource-events.ts';
import { endSubscription } from '../database/subscription-health.ts';
import { insertSubscriptions } from '../database/subscriptions.ts';
import type { NotificationContext } from './context.ts';

/** Who causes the events below. */
const SERVICE = 'arras';
/** The event of a subscription that an event could not be delivered to it. */
const FAILURE = 'FAILURE';
/** The event of a subscription that it was ended by the service. */
const DISABLED = 'DISABLED';

// All of these belong in the transaction that settles the delivery: a crash between the two would leave a one-shot
// subscription that goes on, or a failure that nobody hears of.

/** A one-shot subscription has done its work; what else had matched it is not sent. */
export async function completeSubscription(tx: Db, delivery: ClaimedDelivery): Promise<void> {
  const ended = await endSubscription(tx, delivery.subscription_id, 'COMPLETE');
  if (ended) await cancelDeliveries(tx, delivery.subscription_id, { gone: false });
}

/** An event was given up. A one-shot subscription is over with it, a persistent one goes on (DECISIONS). */
export async function giveUpEvent(
  context: NotificationContext,
  tx: Db,
  delivery: ClaimedDelivery,
  result: AttemptResult,
): Promise<void> {
  const { subscription_id: id } = delivery;
  const description = `The event ${delivery.event_name} could not be delivered: ${result.message}`;
  if (!delivery.persistent && (await endSubscription(tx, id, 'FAILED')))
    await cancelDeliveries(tx, id, { gone: false });
  // That a failure could not be told is not told: its subscriber may be the one that fails, and it would never end.
  if (isFailure(delivery)) return;
  await recordEnd(context, tx, delivery, { name: FAILURE, description });
}

function isFailure({ event_name, event_status }: ClaimedDelivery): boolean {
  return event_status === null && event_name === FAILURE;
}

/** Nothing more is sent there. The event tells whoever subscribed to it, and a mail tells the owner (DECISIONS). */
export async function disableSubscription(
  context: NotificationContext,
  tx: Db,
  delivery: ClaimedDelivery,
  reason: string,
): Promise<void> {
  const { subscription_id: id } = delivery;
  const ended = await endSubscription(tx, id, 'INACTIVE');
  if (!ended) return;
  await cancelDeliveries(tx, id);
  await mailOwner(context, tx, delivery);
  await recordEnd(context, tx, delivery, { name: DISABLED, description: `Disabled: ${reason}` });
  context.log.warn({ subscriptionId: id, reason }, 'subscription.disabled');
}

/**
 * The mail is a delivery like any other, retried and recorded: a hidden one-shot subscription to the event that
 * follows. Mails about such mails are not sent, or a dead mailbox would be written to for ever.
 */
async function mailOwner(context: NotificationContext, tx: Db, delivery: ClaimedDelivery): Promise<void> {
  if (delivery.resource_kind === 'notification') return;
  const owner = await findProfile(tx, delivery.subscription_owner);
  if (!owner?.email) return;
  await insertSubscriptions(tx, [
    {
      id: context.newId('notification'),
      owner: owner.username,
      associated_uuid: delivery.subscription_id,
      resource_kind: 'notification',
      event: DISABLED,
      url: owner.email,
      channel: 'email',
      persistent: false,
      policy: JSON.stringify(DEFAULT_POLICY),
      visible: false,
    },
  ]);
}

async function recordEnd(
  context: NotificationContext,
  tx: Db,
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
