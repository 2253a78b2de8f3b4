import type { JobId, NotificationRequest, SubscriptionRequest } from '@arras/contract';
import { sealFor, sealUrl } from '../../auth/subscription-secrets.ts';
import { formatSigningSecret } from '../../channels/signature.ts';
import type { NewSubscription } from '../../database/subscriptions.ts';
import type { HttpContext } from '../context.ts';
import type { CheckedSubscription } from './check-subscription.ts';

/** Bytes of a signing secret: as many as the hash that it is used with has. */
const SIGNING_BYTES = 32;

/** A signing secret that nobody knows yet. */
export function makeSigningSecret({ randomBytes }: HttpContext): string {
  return formatSigningSecret(randomBytes(SIGNING_BYTES));
}

/** The row of a new subscription. `secret`: the signing secret in plain, null for none. */
export function newSubscription(
  { newId, secrets }: HttpContext,
  owner: string,
  parts: {
    readonly request: SubscriptionRequest;
    readonly associatedUuid: string;
    readonly secret: string | null;
    readonly checked: CheckedSubscription;
  },
): NewSubscription {
  const { request, associatedUuid, secret, checked } = parts;
  const id = newId('notification');
  return {
    id,
    owner,
    associated_uuid: associatedUuid,
    resource_kind: checked.kind,
    event: request.event,
    ...sealUrl(secrets, id, request.url),
    channel: checked.channel,
    persistent: request.persistent,
    policy: JSON.stringify(request.policy),
    secret: sealFor(secrets, id, 'secret', secret),
  };
}

/** The signing secret that a request asks for. */
export function secretOf(
  context: HttpContext,
  { secret }: Pick<NotificationRequest, 'secret'>,
): string | null {
  if (secret === null) return null;
  return secret === 'make' ? makeSigningSecret(context) : secret.given;
}

/** The rows of the subscriptions that come with a job. */
export function subscriptionsOfJob(
  context: HttpContext,
  job: { readonly id: JobId; readonly owner: string },
  requests: readonly (SubscriptionRequest & { readonly channel: 'webhook' | 'email' })[],
): NewSubscription[] {
  return requests.map(({ channel, ...request }) =>
    newSubscription(context, job.owner, {
      request,
      associatedUuid: job.id,
      secret: null,
      checked: { kind: 'job', channel },
    }),
  );
}
