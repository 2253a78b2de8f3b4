import { type AttemptView, type DeliveryView, resourceKindOf } from '@arras/contract';
import { parseHead } from '../../channels/exchange.ts';
import type { DeliveryAttemptRow, DeliveryRow, SubscriptionRow } from '../../database/tables.ts';
import { parseSender } from '../../domain/mail-address.ts';
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
    errorClass: attempt.error_class,
    request: renderRequest(attempt),
    response: renderResponse(attempt),
    _links: {
      self: linkTo(context, 'notifications', 'v2', id, 'attempts', attempt.id),
      notification: linkTo(context, 'notifications', 'v2', id),
      profile: linkTo(context, 'profiles', 'v2', owner),
      ...resourceLink(context, resourceKindOf(attempt.associated_uuid) ?? 'any', attempt.associated_uuid),
    },
  };
}

function renderRequest(attempt: DeliveryAttemptRow): AttemptView['request'] {
  const { request_head: head, request_body: body, request_mail: mail } = attempt;
  if (head === null) return null;
  const headers = renderHeaders(head);
  if (mail === null) return { headers, body: body?.toString('utf8') ?? null, mail: null };
  const { subject, text, html } = mail;
  const addressOf = (name: string) => {
    const value = headers.find((header) => header.name === name)?.value ?? '';
    return parseSender(value)?.address ?? value;
  };
  return { headers, body: null, mail: { from: addressOf('From'), to: addressOf('To'), subject, text, html } };
}

function renderResponse(attempt: DeliveryAttemptRow): AttemptView['response'] {
  const { code, message, response_head: head, response_body: body, response_cut: truncated } = attempt;
  return { code, message, headers: head === null ? null : renderHeaders(head), body, truncated };
}

function renderHeaders(head: string): { name: string; value: string }[] {
  return parseHead(head).map(([name, value]) => ({ name, value }));
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
