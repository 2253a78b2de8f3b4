import type { NotificationPolicy, NotificationSummary, NotificationView } from '@arras/contract';
import type { DeliveryAttemptRow, SubscriptionRow } from '../database/tables.ts';
import type { ViewContext } from './view-context.ts';

/** The full subscription as it travels, made field by field: its secrets are not among them (S2). */
export function renderSubscription(
  context: ViewContext,
  subscription: SubscriptionRow,
  firstFailure: DeliveryAttemptRow | null,
): NotificationView {
  const { formatTime } = context;
  return {
    id: subscription.id,
    owner: subscription.owner,
    url: subscription.url,
    associatedUuid: subscription.associated_uuid,
    event: subscription.event,
    ...failureFields(context, firstFailure),
    persistent: subscription.persistent,
    status: subscription.status,
    signed: subscription.secret !== null,
    lastUpdated: formatTime(subscription.last_updated),
    created: formatTime(subscription.created_at),
    policy: renderPolicy(subscription.policy),
    _links: subscriptionLinks(context, subscription),
  };
}

/** One row of a listing of subscriptions. */
export function renderSubscriptionSummary(
  context: ViewContext,
  subscription: SubscriptionRow,
): NotificationSummary {
  const { attempts: _a, history: _h, owner: _o, ...links } = subscriptionLinks(context, subscription);
  return {
    id: subscription.id,
    url: subscription.url,
    associatedUuid: subscription.associated_uuid,
    event: subscription.event,
    persistent: subscription.persistent,
    status: subscription.status,
    created: context.formatTime(subscription.created_at),
    _links: links,
  };
}

/** The original tells about the oldest failed attempt that is still stored; its fields change places with it. */
function failureFields({ formatTime }: ViewContext, failure: DeliveryAttemptRow | null) {
  if (failure === null) return { responseCode: null, attempts: 0, lastSent: null, success: false };
  return {
    responseCode: failure.code === 0 ? null : failure.code,
    attempts: failure.number,
    success: false,
    lastSent: formatTime(failure.ended_at),
  };
}

function renderPolicy(policy: NotificationPolicy): NotificationPolicy {
  const { retryStrategy, retryLimit, retryRate, retryDelay, saveOnFailure } = policy;
  return { retryStrategy, retryLimit, retryRate, retryDelay, saveOnFailure };
}

function subscriptionLinks(context: ViewContext, subscription: SubscriptionRow) {
  const self = `${context.publicUrl()}/notifications/v2/${subscription.id}`;
  const profile = { href: `${context.publicUrl()}/profiles/v2/${encodeURIComponent(subscription.owner)}` };
  return {
    self: { href: self },
    attempts: { href: `${self}/attempts` },
    history: { href: `${self}/history` },
    owner: profile,
    profile,
    ...resourceLink(context, subscription.resource_kind, subscription.associated_uuid),
  };
}

const BASES = { job: 'jobs', app: 'apps', system: 'systems', notification: 'notifications' } as const;

/** The link named after the kind of a resource; none for everything, nor for a file, which has no address by its id. */
export function resourceLink(
  { publicUrl }: Pick<ViewContext, 'publicUrl'>,
  kind: SubscriptionRow['resource_kind'],
  uuid: string,
): { readonly [Kind in keyof typeof BASES]?: { href: string } } {
  if (kind === 'any' || kind === 'file') return {};
  return { [kind]: { href: `${publicUrl()}/${BASES[kind]}/v2/${encodeURIComponent(uuid)}` } };
}
