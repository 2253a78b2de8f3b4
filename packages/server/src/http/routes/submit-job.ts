import { ApiError, formatRunTime, type ResolvedJobRequest } from '@arras/contract';
import { listFirstSubscriptions } from '../../database/subscriptions.ts';
import type { JobRow } from '../../database/tables.ts';
import { urisOf } from '../../domain/resolve-job.ts';
import type { HttpContext } from '../context.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { type PreparedJob, prepareJob } from '../submission/prepare-job.ts';
import { findRepeatedJob, hashRequest, type KeyedRequest, storeJob } from '../submission/store-job.ts';
import { linkTo } from '../views/links.ts';
import { renderOneJob } from '../views/one-job.ts';

/** Accepts a job; with an Idempotency-Key at most once (RELIABILITY P2). */
export const submitJob: Handler<'submitJob'> = async ({ context, viewer, query, headers, body }) => {
  if (query.dryRun) {
    return answer(renderResolved(await prepareJob(context, viewer, body)), { status: 200 });
  }
  const key = headers['idempotency-key'];
  const keyed: KeyedRequest | null =
    key === undefined
      ? null
      : { key: { username: viewer.username, route: 'submitJob', key }, hash: hashRequest(body) };
  const repeated = keyed === null ? null : await findRepeatedJob(context, keyed);
  const withSubscriptions = body.notifications.length > 0;
  if (repeated !== null) return answerSubmitted(context, repeated, { withSubscriptions, replayed: true });
  const stored = await storeJob(context, await prepareJob(context, viewer, body), keyed);
  if (stored !== null) return answerSubmitted(context, stored, { withSubscriptions });
  return answerSubmitted(context, await getWinner(context, keyed), { withSubscriptions, replayed: true });
};

/** The job of the request that was faster. */
async function getWinner(context: HttpContext, keyed: KeyedRequest | null): Promise<JobRow> {
  const winner = keyed === null ? null : await findRepeatedJob(context, keyed);
  if (winner === null) throw new ApiError('idempotency.in-progress');
  return winner;
}

/** Like what GET shows; with the links of the subscriptions that the request brought along, if any. */
export async function answerSubmitted(
  context: HttpContext,
  job: JobRow,
  about: { readonly withSubscriptions: boolean; readonly replayed?: boolean; readonly status?: number },
) {
  const more = {
    headers: about.replayed === true ? { 'idempotency-replayed': 'true' } : {},
    ...(about.status !== undefined && { status: about.status }),
  };
  const view = await renderOneJob(context, job);
  if (!about.withSubscriptions) return answer(view, more);
  const subscriptions = await listFirstSubscriptions(context.db, job);
  const notification = subscriptions.map(({ id, event }) => ({
    ...linkTo(context, 'notifications', 'v2', id),
    title: event,
  }));
  return answer({ ...view, _links: { ...view._links, notification } }, more);
}

function renderResolved({ id, owner, request, app, resolved }: PreparedJob): ResolvedJobRequest {
  const { archive, maxRunTimeSeconds } = resolved;
  return {
    name: request.name,
    owner,
    appId: app.id,
    executionSystem: app.execution_system,
    batchQueue: resolved.batchQueue,
    nodeCount: resolved.nodeCount,
    processorsPerNode: resolved.processorsPerNode,
    memoryPerNode: resolved.memoryPerNodeGb ?? -1,
    maxRunTime: maxRunTimeSeconds === null ? null : formatRunTime(maxRunTimeSeconds),
    archive: archive !== null,
    archiveSystem: archive?.system ?? null,
    // The id of this rehearsal is never given out.
    archivePath: archive === null || archive.path.includes(id) ? null : archive.path,
    archiveOnAppError: request.archiveOnAppError,
    inputs: Object.fromEntries(
      Object.entries(urisOf(resolved.inputs)).map(([input, uris]) => [input, [...uris]]),
    ),
    parameters: Object.fromEntries(
      Object.entries(resolved.parameters).map(([parameter, value]) => [
        parameter,
        typeof value === 'object' ? [...value] : value,
      ]),
    ),
    notifications: request.notifications,
  };
}
