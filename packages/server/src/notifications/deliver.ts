import type { AttemptResult } from '../channels/channel.ts';
import { type ClaimedDelivery, cancelDeliveries, type SettledDelivery } from '../database/deliveries.ts';
import { clearFailing, markFailing } from '../database/subscription-health.ts';
import { type DeliveryVerdict, FAILING_DAYS, judgeAttempt } from '../domain/delivery-verdict.ts';
import { nextAttemptDelayMs } from '../domain/retry-schedule.ts';
import type { NotificationContext } from './context.ts';
import { type BuiltMessage, buildMessage } from './message.ts';
import type { Settler } from './settler.ts';
import { completeSubscription, disableSubscription, parkOnce } from './subscription-end.ts';

/**
 * Makes one attempt at a claimed delivery and writes down what came of it, after the answer: a crash in between is a
 * duplicate with the same id and bytes, never a loss (P15, P17). Returns whether the endpoint answered at all.
 */
export async function deliver(
  context: NotificationContext,
  settler: Settler,
  delivery: ClaimedDelivery,
  signal: AbortSignal,
): Promise<boolean> {
  if (delivery.subscription_status !== 'ACTIVE' && !delivery.replay) {
    // It ended after the event was matched: counted, not sent.
    await cancelDeliveries(context.db, delivery.subscription_id);
    return true;
  }
  const message = await buildMessage(context, delivery);
  const startedAt = context.now();
  const result = await context.channels[delivery.channel].attempt(
    { ...message, attemptedAt: startedAt },
    signal,
  );
  // Cut by our own stop: the lease ends and another replica makes the attempt.
  if (signal.aborted && result.outcome !== 'delivered') return true;
  const verdict = judge(context, delivery, result);
  await settler.settle(settlement(context, delivery, message, { result, verdict, startedAt }));
  await followUp(context, delivery, result, verdict);
  return result.outcome !== 'unreachable';
}

/** A replay is one attempt that leaves the endpoint's standing alone. */
function judge(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  result: AttemptResult,
): DeliveryVerdict {
  const refused = result.outcome === 'refused' ? result : null;
  const nextDelayMs = delivery.replay
    ? 'exhausted'
    : nextAttemptDelayMs({
        policy: delivery.policy,
        attemptsMade: delivery.attempts + 1,
        random: context.random(),
        retryAfterMs: refused?.retryAfterMs ?? null,
      });
  return judgeAttempt({ outcome: result.outcome, permanent: refused?.permanent ?? null }, nextDelayMs);
}

function settlement(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  message: BuiltMessage,
  made: { readonly result: AttemptResult; readonly verdict: DeliveryVerdict; readonly startedAt: Date },
): SettledDelivery {
  const { result, verdict, startedAt } = made;
  return {
    ...keyOf(delivery),
    status: verdict.status === 'gone' ? 'parked' : verdict.status,
    next_ms: verdict.status === 'pending' ? verdict.delayMs : 0,
    target: message.shownTarget,
    body: Buffer.from(message.body).toString('base64'),
    attempt: {
      id: context.newId('delivery'),
      event_id: delivery.event_id,
      event_name: delivery.event_name,
      associated_uuid: delivery.associated_uuid,
      number: delivery.attempts + 1,
      cause: delivery.replay ? 'replay' : 'scheduled',
      outcome: result.outcome,
      code: result.code,
      message: result.message,
      started_at: startedAt,
      ended_at: context.now(),
    },
  };
}

function keyOf({ subscription_id, lane, position }: ClaimedDelivery) {
  return { subscription_id, lane, position };
}

/** What an outcome means for the subscription. */
async function followUp(
  context: NotificationContext,
  delivery: ClaimedDelivery,
  result: AttemptResult,
  verdict: DeliveryVerdict,
): Promise<void> {
  const { subscription_id: id } = delivery;
  if (delivery.replay) return;
  if (verdict.status === 'delivered') {
    if (delivery.failing_since !== null) await clearFailing(context.db, [id]);
    if (!delivery.persistent) await completeSubscription(context, delivery);
    return;
  }
  context.log.info(
    {
      subscriptionId: id,
      deliveryId: delivery.delivery_id,
      outcome: result.outcome,
      code: result.code,
      verdict: verdict.status,
    },
    'delivery.failed',
  );
  if (verdict.status === 'gone')
    return disableSubscription(context, delivery, 'its endpoint answered 410 Gone');
  if (verdict.status === 'parked') await parkOnce(context, delivery, result);
  const failingLong = await markFailing(context.db, [id], FAILING_DAYS);
  if (failingLong.includes(id)) {
    await disableSubscription(context, delivery, `its endpoint has only failed for ${FAILING_DAYS} days`);
  }
}
