import { ApiError, DELIVERY_STATES, describeValue, type JobId } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import {
  findAttempt,
  hideAttempts,
  listAttempts as readAttempts,
  listDeliveries as readDeliveries,
  replayDeliveries,
} from '../../database/delivery-log.ts';
import type { DeliveryStatus } from '../../database/subscription-tables.ts';
import type { Viewer } from '../../database/systems.ts';
import type { DeliveryAttemptRow, SubscriptionRow } from '../../database/tables.ts';
import { findVisibleJob } from '../../database/visible-jobs.ts';
import type { Shot } from '../../notifications/fire.ts';
import type { HttpContext } from '../context.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';
import { checkTarget } from '../subscriptions/check-subscription.ts';
import { getSubscription } from '../subscriptions/get-subscription.ts';
import { recordSubscriptionEvent } from '../subscriptions/record.ts';
import { renderAttempt, renderDelivery } from '../views/notification-view.ts';

/** The event of a message that is sent on demand and names none. */
const FORCED_EVENT = 'FORCED_EVENT';

const listAttempts: Handler<'listAttempts'> = async ({ context, viewer, params, query, raw }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const { limit, offset, status = 'failed' } = query;
  const wanted = status.toLowerCase();
  if (wanted !== 'all' && wanted !== 'failed') throw badQuery('status', 'all or failed', status);
  const fields = readPresentation(raw.request).filter;
  const withContent = fields === null || fields.some(([name]) => name === 'request');
  const page = { limit, offset, onlyFailed: wanted === 'failed', withContent };
  const attempts = await readAttempts(context.db, subscription.id, page);
  return answer(attempts.map((attempt) => renderAttempt(context, subscription, attempt)));
};

const showAttempt: Handler<'showAttempt'> = async ({ context, viewer, params }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const attempt = await findAttempt(context.db, subscription.id, params.attemptId);
  if (attempt === null) throw new ApiError('attempt.not-found');
  return answer(renderAttempt(context, subscription, attempt));
};

const deleteAttempts: Handler<'deleteAttempts'> = async ({ context, viewer, params }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const count = await hideAttempts(context.db, subscription.id, 'all');
  return done(`${count} attempts were removed.`);
};

const deleteAttempt: Handler<'deleteAttempt'> = async ({ context, viewer, params }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const count = await hideAttempts(context.db, subscription.id, params.attemptId);
  if (count === 0) throw new ApiError('attempt.not-found');
  return done(`Attempt ${params.attemptId} was removed.`);
};

const listDeliveries: Handler<'listDeliveries'> = async ({ context, viewer, params, query }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const { limit, offset } = query;
  const deliveries = await readDeliveries(context.db, subscription.id, {
    limit,
    offset,
    status: readState(query.state),
  });
  return answer(deliveries.map((delivery) => renderDelivery(context, delivery)));
};

function readState(given: string | undefined): DeliveryStatus | undefined {
  if (given === undefined) return undefined;
  const state = DELIVERY_STATES.find((known) => known === given.toLowerCase());
  if (state !== undefined) return state;
  throw badQuery('state', `one of ${DELIVERY_STATES.join(', ')}`, given);
}

function badQuery(field: string, what: string, given: string): ApiError {
  const message = `expected ${what}, got ${describeValue(given)}`;
  return new ApiError('request.bad-query', { problems: [{ field, message }] });
}

const replayNotification: Handler<'replayNotification'> = async ({ context, viewer, params, body }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const { deliveries, from, until, status = deliveries === undefined ? 'parked' : 'all' } = body;
  const choice = {
    ids: deliveries ?? null,
    from: from ?? null,
    until: until ?? null,
    onlyParked: status === 'parked',
  };
  const count = await inTransaction(context.db, (tx) => replayDeliveries(tx, subscription.id, choice));
  return answer({ count });
};

const testNotification: Handler<'testNotification'> = async ({ context, viewer, params, body }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const usual = subscription.event === '*' ? 'UPDATED' : subscription.event;
  const attempt = await fire(context, viewer, {
    subscription,
    cause: 'test',
    event: body.event ?? usual,
    associatedUuid: subscription.associated_uuid,
    body: 'sample',
    by: viewer.username,
  });
  return answer(renderAttempt(context, subscription, attempt));
};

/** Raises FORCED_ATTEMPT, to which its result can be looked up (spec: notifications 7). */
const fireNotification: Handler<'fireNotification'> = async ({ context, viewer, params, body }) => {
  const subscription = await getSubscription(context, viewer, params.id);
  const event = chooseEvent(viewer, subscription, body.event);
  if (!viewer.isAdmin && (body.message !== undefined || body.associatedUuid !== undefined)) {
    throw new ApiError('access.admin-only', {
      message: 'Only an administrator may choose the message or the resource of a message.',
    });
  }
  const associatedUuid = body.associatedUuid ?? subscription.associated_uuid;
  if (associatedUuid === '*')
    throw invalid('associatedUuid', 'is needed, because the subscription is to everything');
  const usual = {
    id: subscription.id,
    event,
    owner: subscription.owner,
    associatedUuid,
    created: context.formatTime(context.now()),
  };
  const order = { event, associatedUuid, body: body.message ?? usual, by: viewer.username };
  const attempt = await fire(context, viewer, { subscription, cause: 'forced', ...order });
  await inTransaction(context.db, (tx) =>
    recordSubscriptionEvent(context, tx, subscription, { name: 'FORCED_ATTEMPT', by: viewer.username }),
  );
  return answer(renderAttempt(context, subscription, attempt));
};

/** Administrators may send what the subscription is to; everybody else only says that it was on demand. */
function chooseEvent(viewer: Viewer, { event }: SubscriptionRow, asked: string | undefined): string {
  if (asked === undefined || asked === FORCED_EVENT) return FORCED_EVENT;
  if (asked === '*') throw invalid('event', 'expected the name of one event, got *');
  if (!viewer.isAdmin) throw invalid('event', `expected ${FORCED_EVENT} or nothing, got another event`);
  if (event === '*' || event === asked) return asked;
  throw invalid('event', `expected ${event}, which the subscription is to, got ${describeValue(asked)}`);
}

async function fire(context: HttpContext, viewer: Viewer, shot: Shot): Promise<DeliveryAttemptRow> {
  const { subscription } = shot;
  if (subscription.status === 'INACTIVE') {
    throw new ApiError('precondition.failed', {
      message: 'The subscription is INACTIVE: nothing is sent for it.',
    });
  }
  await refuseUnreadable(context, viewer, subscription);
  if (!context.fireLimit.admits(subscription.id)) throw new ApiError('rate.limited');
  return context.notifications.fireNow(shot);
}

/** One that was over already when its owner lost the right to read the job did not end by that. */
async function refuseUnreadable(
  { db }: HttpContext,
  viewer: Viewer,
  { resource_kind: kind, associated_uuid: uuid }: SubscriptionRow,
): Promise<void> {
  if (kind !== 'job') return;
  const found = await findVisibleJob(db, viewer, uuid as JobId);
  if (found?.mayRead === true) return;
  throw new ApiError('precondition.failed', { message: 'You may not read the job: nothing is sent.' });
}

function invalid(field: string, message: string): ApiError {
  return new ApiError('request.invalid', { problems: [{ field, message }] });
}

const previewNotification: Handler<'previewNotification'> = async ({ context, viewer, body }) => {
  const job = await getVisibleJob(context.db, viewer, body.jobId);
  const target = checkTarget(context, body.url, 'job');
  if ('problem' in target) throw invalid('url', target.problem);
  return answer(await context.notifications.preview({ url: body.url, job, event: body.event ?? job.status }));
};

/** Operations on what became of subscriptions' deliveries, and on messages sent by hand. */
export const ATTEMPT_HANDLERS: Pick<
  HandlersOf<'Notifications'>,
  | 'listAttempts'
  | 'showAttempt'
  | 'deleteAttempts'
  | 'deleteAttempt'
  | 'listDeliveries'
  | 'replayNotification'
  | 'testNotification'
  | 'fireNotification'
  | 'previewNotification'
> = {
  listAttempts,
  showAttempt,
  deleteAttempts,
  deleteAttempt,
  listDeliveries,
  replayNotification,
  testNotification,
  fireNotification,
  previewNotification,
};
