import type { Db } from '../../database/connection.ts';
import type { SubscriptionRow } from '../../database/tables.ts';
import { type ResourceHappening, recordResourceEvent } from '../../events/record-resource.ts';
import { renderSubscription } from '../../events/subscription-view.ts';
import type { HttpContext } from '../context.ts';

type Name = Extract<ResourceHappening, { kind: 'notification' }>['name'];

/** Writes down what happened to a subscription, in the transaction of the change. */
export async function recordSubscriptionEvent(
  context: HttpContext,
  tx: Db,
  subscription: SubscriptionRow,
  { name, by }: { readonly name: Name; readonly by: string },
): Promise<void> {
  await recordResourceEvent(tx, context.newId, {
    kind: 'notification',
    uuid: subscription.id,
    name,
    body: renderSubscription(context, subscription, null),
    by,
  });
}

/** Says of subscriptions that ended with the right to see their resource that they are switched off. */
export async function recordEnded(
  context: HttpContext,
  tx: Db,
  ended: readonly SubscriptionRow[],
  by: string,
): Promise<void> {
  for (const subscription of ended)
    await recordSubscriptionEvent(context, tx, subscription, { name: 'DISABLED', by });
}
