import type { AttemptResult } from '../channels/channel.ts';
import { Exchange } from '../channels/exchange.ts';
import type { ClaimedDelivery } from '../database/claim-deliveries.ts';
import { type Db, inTransaction } from '../database/connection.ts';
import {
  cancelDeliveries,
  releaseDeliveries,
  type SettledDelivery,
  settleDeliveries,
} from '../database/deliveries.ts';
import { clearFailing, markFailing } from '../database/subscription-health.ts';
import { type DeliveryVerdict, FAILING_DAYS, judgeAttempt } from '../domain/delivery-verdict.ts';
import { nextAttemptDelayMs } from '../domain/retry-schedule.ts';
import type { NotificationContext } from './context.ts';
import { exchangeColumns } from './exchange-columns.ts';
import type { BuiltDelivery } from './message.ts';
import type { Settler } from './settler.ts';
import { completeSubscription, disableSubscription, giveUpEvent } from './subscription-end.ts';

/** What an attempt means for its endpoint's share of attempts. */
export interface Delivered {
  /** Whether the endpoint answered at all. */
  readonly answered: boolean;
  /** Milliseconds until this delivery is to be attempted again; null: it is settled. */
  readonly againMs: number | null;
}

/**
 * Makes one attempt at a claimed delivery and writes down what came of it, after the answer: a crash in between is a
 * duplicate with the same id and bytes, never a loss (P15, P17).
 */
export async function deliver(
  context: NotificationContext,
  settler: Settler,
  { delivery, message }: BuiltDelivery,
  signal: AbortSignal,
): Promise<Delivered> {
  const startedAt = context.now();
  const exchange = new Exchange();
  const result = await context.channels[delivery.channel].attempt(
    { ...message, attemptedAt: startedAt },
    signal,
    exchange,
  );
  if (signal.aborted && result.outcome !== 'delivered') {
    // Cut by our own stop: another replica makes the attempt, at once.
    await releaseDeliveries(context.db, context.replica, [delivery.delivery_id]);
    return { answered: true, againMs: null };
  }
  context.meter.attempted(result.outcome);
  const verdict = judge(context, delivery, result);
  const made = { target: message.shownTarget, result, verdict, startedAt, exchange };
  const settled = settlement(context, delivery, made);
  await conclude(context, settler, { delivery, settled, result, verdict });
  return {
    answered: result.outcome !== 'unreachable',
    againMs: verdict.status === 'pending' ? verdict.delayMs : null,
  };
}

/** It ended after the event was matched: what waits is counted, not sent. */
export async function cancelEnded(context: NotificationContext, delivery: ClaimedDelivery): Promise<void> {
  await cancelDeliveries(context.db, delivery.subscription_id, { gone: false });
}

/** An attempt and what was decided about it. */
interface Made {
  readonly delivery: ClaimedDelivery;
  readonly settled: SettledDelivery;
  readonly result: AttemptResult;
  readonly verdict: DeliveryVerdict;
}

/** Ends that change the subscription are one transaction with the delivery's; all others share their commits. */
async function conclude(context: NotificationContext, settler: Settler, made: Made): Promise<void> {
  const { delivery, settled, verdict } = made;
  const endsSubscription =
    verdict.status === 'delivered' ? !delivery.persistent : verdict.status !== 'pending';
  if (delivery.replay || !endsSubscription) {
    const wasOurs = await settler.settle(settled);
    if (wasOurs) await noteHealth(context, made);
    return;
  }
  const wasOurs = await inTransaction(context.db, async (tx) => {
    const ours = await settleDeliveries(tx, context.replica, [settled]);
    if (!ours.has(delivery.delivery_id)) return false;
    await followUp(context, tx, made);
    return true;
  });
  if (wasOurs) await noteHealth(context, made);
}

/** What an end means for the subscription. */
async function followUp(context: NotificationContext, tx: Db, made: Made): Promise<void> {
  const { delivery, result, verdict } = made;
  if (verdict.status === 'delivered') return completeSubscription(tx, delivery);
  if (verdict.status === 'gone')
    return disableSubscription(context, tx, delivery, 'its endpoint answered 410 Gone');
  await giveUpEvent(context, tx, delivery, result);
}

/** Remembers since when the endpoint only fails. A replay leaves its standing alone. */
async function noteHealth(context: NotificationContext, made: Made): Promise<void> {
  const { delivery, verdict } = made;
  const { subscription_id: id } = delivery;
  if (delivery.replay) return;
  if (verdict.status === 'delivered') {
    context.meter.arrived((context.now().getTime() - delivery.event_created_at.getTime()) / 1000);
    if (delivery.failing_since !== null) await clearFailing(context.db, [id]);
    return;
  }
  logFailure(context, made);
  if (verdict.status === 'gone') return;
  const failingLong = await markFailing(context.db, [id], FAILING_DAYS);
  if (!failingLong.includes(id)) return;
  const reason = `its endpoint has only failed for ${FAILING_DAYS} days`;
  await inTransaction(context.db, (tx) => disableSubscription(context, tx, delivery, reason));
}

function logFailure({ log }: NotificationContext, { delivery, result, verdict }: Made): void {
  log.info(
    {
      subscriptionId: delivery.subscription_id,
      deliveryId: delivery.delivery_id,
      outcome: result.outcome,
      code: result.code,
      verdict: verdict.status,
    },
    'delivery.failed',
  );
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
  made: {
    readonly target: string;
    readonly result: AttemptResult;
    readonly verdict: DeliveryVerdict;
    readonly startedAt: Date;
    readonly exchange: Exchange;
  },
): SettledDelivery {
  const { target, result, verdict, startedAt, exchange } = made;
  const { delivery_id, subscription_id, lane, position } = delivery;
  return {
    delivery_id,
    subscription_id,
    lane,
    position,
    status: verdict.status === 'gone' ? 'parked' : verdict.status,
    next_ms: verdict.status === 'pending' ? verdict.delayMs : 0,
    target,
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
      ...exchangeColumns(exchange),
      started_at: startedAt,
      ended_at: context.now(),
    },
  };
}
