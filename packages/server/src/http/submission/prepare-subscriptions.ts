import { ApiError, type JobId, type SubscriptionRequest } from '@arras/contract';
import type { NewSubscription } from '../../database/subscriptions.ts';
import type { HttpContext } from '../context.ts';
import { checkTarget } from '../subscriptions/check-subscription.ts';
import { subscriptionsOfJob } from '../subscriptions/new-subscription.ts';

/** Checks the subscriptions of a job request before anything is stored. Throws ApiError with all problems. */
export function prepareSubscriptions(
  context: HttpContext,
  job: { readonly id: JobId; readonly owner: string },
  requests: readonly SubscriptionRequest[],
): NewSubscription[] {
  const targets = requests.map((request) => checkTarget(context, request.url, 'job'));
  const problems = targets.flatMap((target, index) =>
    'problem' in target ? [{ field: `notifications.${index}.url`, message: target.problem }] : [],
  );
  if (problems.length > 0) throw new ApiError('request.invalid', { problems });
  const checked = requests.flatMap((request, index) => {
    const target = targets[index];
    return target !== undefined && 'channel' in target ? [{ ...request, channel: target.channel }] : [];
  });
  return subscriptionsOfJob(context, job, checked);
}
