import { ApiError, describeValue, type NotificationUpdate, SUBSCRIPTION_STATUSES } from '@arras/contract';
import { openUrl, sealFor, sealUrl } from '../../auth/subscription-secrets.ts';
import { inTransaction } from '../../database/connection.ts';
import { cancelDeliveries } from '../../database/deliveries.ts';
import { hideAttempts } from '../../database/delivery-log.ts';
import type { SubscriptionStatus } from '../../database/subscription-tables.ts';
import {
  hideSubscription,
  insertSubscriptions,
  listViewedSubscriptions,
  redirectPending,
  replaceSecret,
  updateSubscription,
} from '../../database/subscriptions.ts';
import type { SubscriptionRow } from '../../database/tables.ts';
import { joinUserInfo, splitUserInfo } from '../../domain/user-info.ts';
import { renderSubscriptionSummary } from '../../events/subscription-view.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';
import { checkSubscription } from '../subscriptions/check-subscription.ts';
import { getSubscription, showSubscription, showSubscriptions } from '../subscriptions/get-subscription.ts';
import { makeSigningSecret, newSubscription, secretOf } from '../subscriptions/new-subscription.ts';
import { recordSubscriptionEvent } from '../subscriptions/record.ts';
import { ATTEMPT_HANDLERS } from './attempts.ts';

/** Hours for which a former signing secret goes on signing beside the new one (RELIABILITY P24). */
const FORMER_SECRET_HOURS = 24;

/** Without a search only what is active; with one every status that is not deleted (spec: notifications 2.1). */
const listNotifications: Handler<'listNotifications'> = async ({ context, viewer, query, raw }) => {
  const { associatedUuid, event, url, owner, limit, offset } = query;
  const isSearch = [associatedUuid, event, url, owner].some((term) => term !== undefined);
  const status = readStatus(query.status) ?? (isSearch ? undefined : 'ACTIVE');
  const filter = { associatedUuid, event, url, owner, status, limit, offset };
  const subscriptions = await listViewedSubscriptions(context.db, viewer, filter);
  const isFull = readPresentation(raw.request).filter !== null;
  if (isFull) return answer(await showSubscriptions(context, subscriptions));
  return answer(subscriptions.map((subscription) => renderSubscriptionSummary(context, subscription)));
};

function readStatus(given: string | undefined): SubscriptionStatus | undefined {
  if (given === undefined) return undefined;
  const status = SUBSCRIPTION_STATUSES.find((known) => known === given.toUpperCase());
  if (status !== undefined) return status;
  const message = `expected one of ${SUBSCRIPTION_STATUSES.join(', ')}, got ${describeValue(given)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'status', message }] });
}

/** The signing secret is shown here and never again. */
const createNotification: Handler<'createNotification'> = async ({ context, viewer, body }) => {
  const { associatedUuid, secret: _, ...request } = body;
  const checked = await checkSubscription(context, viewer, body);
  const secret = secretOf(context, body);
  const row = newSubscription(context, viewer.username, { request, associatedUuid, secret, checked });
  const [made] = await inTransaction(context.db, async (tx) => {
    const stored = await insertSubscriptions(tx, [row]);
    for (const subscription of stored) {
      await recordSubscriptionEvent(context, tx, subscription, { name: 'CREATED', by: viewer.username });
    }
    return stored;
  });
  if (made === undefined) throw new Error('expected the subscription that was just stored');
  const view = await showSubscription(context, made);
  return answer(secret === null ? view : { ...view, secret });
};

const showNotification: Handler<'showNotification'> = async ({ context, viewer, params }) =>
  answer(await showSubscription(context, await getSubscription(context, viewer, params.id)));

const updateNotification: Handler<'updateNotification'> = async ({ context, viewer, params, body }) => {
  const known = await getSubscription(context, viewer, params.id);
  refuseOver(known);
  const target = {
    associatedUuid: body.associatedUuid ?? known.associated_uuid,
    event: body.event ?? known.event,
    url: withKnownUserInfo(context, known, body.url),
  };
  const checked = await checkSubscription(context, viewer, target);
  const patch = {
    associated_uuid: target.associatedUuid,
    resource_kind: checked.kind,
    event: target.event,
    ...sealUrl(context.secrets, known.id, target.url),
    channel: checked.channel,
    ...changedSettings(body),
  };
  const changed = await inTransaction(context.db, async (tx) => {
    const stored = await updateSubscription(tx, known.id, patch);
    if (stored === null) return null;
    if (body.url !== undefined) await redirectPending(tx, known.id);
    await recordSubscriptionEvent(context, tx, stored, { name: 'UPDATED', by: viewer.username });
    return stored;
  });
  if (changed === null) throw overError(known);
  return answer(await showSubscription(context, changed));
};

function changedSettings({ persistent, policy }: NotificationUpdate) {
  return {
    ...(persistent !== undefined && { persistent }),
    ...(policy !== undefined && { policy: JSON.stringify(policy) }),
  };
}

/**
 * The URL is shown without its user info: one that comes back without it, for the same host, keeps what is stored.
 * Another host never gets the password of this one.
 */
function withKnownUserInfo(
  { secrets }: HttpContext,
  known: SubscriptionRow,
  given: string | undefined,
): string {
  const stored = openUrl(secrets, known);
  if (given === undefined) return stored;
  const { userInfo } = splitUserInfo(stored);
  if (userInfo === null || splitUserInfo(given).userInfo !== null) return given;
  return originOf(given) === originOf(known.url) ? joinUserInfo(given, userInfo) : given;
}

/** `https://example.org:8443` */
function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0].toLowerCase() ?? '';
}

const deleteNotification: Handler<'deleteNotification'> = async ({ context, viewer, params }) => {
  const known = await getSubscription(context, viewer, params.id);
  await inTransaction(context.db, async (tx) => {
    const hidden = await hideSubscription(tx, known.id);
    if (hidden === null) throw new ApiError('notification.not-found');
    await cancelDeliveries(tx, known.id);
    await hideAttempts(tx, known.id, 'all');
    await recordSubscriptionEvent(context, tx, hidden, { name: 'DELETED', by: viewer.username });
  });
  return done(`Subscription ${known.id} was deleted.`);
};

const rotateNotificationSecret: Handler<'rotateNotificationSecret'> = async ({ context, viewer, params }) => {
  const known = await getSubscription(context, viewer, params.id);
  const secret = makeSigningSecret(context);
  const sealed = sealFor(context.secrets, known.id, 'secret', secret) ?? '';
  const changed = await inTransaction(context.db, async (tx) => {
    const stored = await replaceSecret(tx, known.id, { sealed, hours: FORMER_SECRET_HOURS });
    if (stored === null) return null;
    await recordSubscriptionEvent(context, tx, stored, { name: 'UPDATED', by: viewer.username });
    return stored;
  });
  if (changed === null) throw overError(known);
  return answer({ ...(await showSubscription(context, changed)), secret });
};

/** Only what is active, or persistent and not inactive, can be changed (spec: notifications 3). */
function refuseOver(subscription: SubscriptionRow): void {
  const { status, persistent } = subscription;
  if (status === 'ACTIVE' || (persistent && status !== 'INACTIVE')) return;
  throw overError(subscription);
}

function overError({ status }: SubscriptionRow): ApiError {
  return new ApiError('precondition.failed', {
    message: `The subscription is ${status} and can no longer be changed; make a new one.`,
  });
}

/** Operations on subscriptions. */
export const NOTIFICATION_HANDLERS: HandlersOf<'Notifications'> = {
  listNotifications,
  createNotification,
  showNotification,
  updateNotification,
  deleteNotification,
  rotateNotificationSecret,
  ...ATTEMPT_HANDLERS,
};
