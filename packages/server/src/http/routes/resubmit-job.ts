import { ApiError, type AppRequest, type SubscriptionRequest } from '@arras/contract';
import { openUrl } from '../../auth/subscription-secrets.ts';
import { findViewedApp } from '../../database/apps.ts';
import { listOwnSubscriptionsTo } from '../../database/subscriptions.ts';
import type { Viewer } from '../../database/systems.ts';
import type { JobRow } from '../../database/tables.ts';
import { type ResubmissionOptions, rebuildRequest } from '../../domain/resubmission.ts';
import type { HttpContext } from '../context.ts';
import { getVisibleJob } from '../get-visible-job.ts';
import type { Handler } from '../handler.ts';
import { prepareJob } from '../submission/prepare-job.ts';
import { storeJob } from '../submission/store-job.ts';
import { answerSubmitted } from './submit-job.ts';

/** How a job is submitted again. */
export interface Resubmission extends ResubmissionOptions {
  readonly preserveNotifications: boolean;
}

/** The path form of the action; existing clients send it with an empty body. */
export const resubmitJob: Handler<'resubmitJob'> = async ({ context, viewer, params, body }) =>
  resubmit(context, viewer, await getVisibleJob(context.db, viewer, params.id), body);

/** Submits a job again, as a new one of the same user (spec/jobs.md 7.2). */
export async function resubmit(
  context: HttpContext,
  viewer: Viewer,
  job: JobRow,
  options: Resubmission,
): ReturnType<typeof answerSubmitted> {
  if (job.owner !== viewer.username) {
    throw new ApiError('access.forbidden', { message: 'Only the owner of a job may submit it again.' });
  }
  const app = await findViewedApp(context.db, viewer, job.app_id);
  if (app === null)
    throw new ApiError('app.unavailable', { message: `App ${job.app_id} does not exist any more.` });
  const notifications = options.preserveNotifications ? await readSubscriptions(context, job) : [];
  // Written by the app routes from a parsed request, never by hand.
  const definition = app.definition as unknown as AppRequest;
  const rebuilt = rebuildRequest(job, definition, { ...options, notifications });
  if (!rebuilt.ok) throw new ApiError('request.invalid', { problems: rebuilt.problems });
  const stored = await storeJob(context, await prepareJob(context, viewer, rebuilt.value), null);
  // Null only where a key was given.
  if (stored === null) throw new ApiError('internal.error');
  const withSubscriptions = notifications.length > 0;
  return answerSubmitted(context, stored, { withSubscriptions, status: 202 });
}

/** What the owner subscribed to on the job itself, whether it came with the request or later. */
async function readSubscriptions(
  { db, secrets }: HttpContext,
  job: JobRow,
): Promise<readonly SubscriptionRequest[]> {
  const rows = await listOwnSubscriptionsTo(db, { uuid: job.id, owner: job.owner });
  return rows.map((row) => ({
    url: openUrl(secrets, row),
    event: row.event,
    persistent: row.persistent,
    policy: row.policy,
  }));
}
