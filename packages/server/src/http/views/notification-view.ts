import { type AttemptView, type DeliveryView, resourceKindOf } from '@arras/contract';
import type { DeliveryAttemptRow, DeliveryRow, SubscriptionRow } from '../../database/tables.ts';
import { resourceLink } from '../../events/subscription-view.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** One attempt, in the original's form with what came of it. */
export function renderAttempt(
  context: ViewContext,
  subscription: Pick<SubscriptionRow, 'id' | 'owner'>,
  attempt: DeliveryAttemptRow,
): AttemptView {
  const { id, owner } = subscription;
  return {
    id: attempt.id,
    url: attempt.target,
    event: attempt.event_name,
    eventId: attempt.event_id,
    associatedUuid: attempt.associated_uuid,
    notificationId: id,
    number: attempt.number,
    cause: attempt.cause,
    outcome: attempt.outcome,
    startTime: context.formatTime(attempt.started_at),
    endTime: context.formatTime(attempt.ended_at),
    response: { code: attempt.code, message: attempt.message },
    _links: {
      self: linkTo(context, 'notifications', 'v2', id, 'attempts', attempt.id),
      notification: linkTo(context, 'notifications', 'v2', id),
      profile: linkTo(context, 'profiles', 'v2', owner),
      ...resourceLink(context, resourceKindOf(attempt.associated_uuid) ?? 'any', attempt.associated_uuid),
    },
  };
}

/** One event that matched, and what became of it. */
export function renderDelivery(context: ViewContext, delivery: DeliveryRow): DeliveryView {
  const { formatTime } = context;
  const { subscription_id: id } = delivery;
  return {
    id: delivery.delivery_id,
    eventId: delivery.event_id,
    event: delivery.event_name,
    seq: delivery.event_seq,
    description: delivery.event_description,
    associatedUuid: delivery.lane,
    state: delivery.status,
    replay: delivery.replay,
    attempts: delivery.attempts,
    url: delivery.target,
    created: formatTime(delivery.event_created_at),
    nextAt: delivery.status === 'pending' ? formatTime(delivery.next_at) : null,
    settled: delivery.settled_at === null ? null : formatTime(delivery.settled_at),
    _links: {
      notification: linkTo(context, 'notifications', 'v2', id),
      attempts: linkTo(context, 'notifications', 'v2', id, 'attempts'),
    },
  };
}
