import { ApiError, JOB_PERMISSIONS, type JobPermission, WORLD } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import {
  findJobPermission,
  listJobPermissions as readPermissions,
  removeJobPermissions,
  setJobPermission as storePermission,
} from '../../database/job-permissions.ts';
import { findProfile } from '../../database/profiles.ts';
import { endUnreadableOfJob } from '../../database/subscription-access.ts';
import type { Viewer } from '../../database/systems.ts';
import type { JobRow } from '../../database/tables.ts';
import { recordJobEvent } from '../../events/record.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableJob, getVisibleJob } from '../get-visible-job.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { accessOf, renderJobPermission } from '../views/job-permission-view.ts';

/** The owner's entry is on the first page, before the stored ones; paging counts the latter. */
const listJobPermissions: Handler<'listJobPermissions'> = async ({ context, viewer, params, query }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const given = (await readPermissions(context.db, job.id, query)).map((row) => ({
    username: row.username,
    access: accessOf(row),
  }));
  const owner = query.offset === 0 && query.limit > 0 ? [ownerOf(job)] : [];
  return answer([...owner, ...given].map((entry) => renderJobPermission(context, job.id, entry)));
};

const showJobPermission: Handler<'showJobPermission'> = async ({ context, viewer, params }) => {
  const job = await getVisibleJob(context.db, viewer, params.id);
  const { username } = params;
  if (isOwner(job, username)) return answer(renderJobPermission(context, job.id, ownerOf(job)));
  const row = await findJobPermission(context.db, job.id, username);
  if (row === null) throw new ApiError('permission.not-found');
  return answer(renderJobPermission(context, job.id, { username: row.username, access: accessOf(row) }));
};

const grantJobPermission: Handler<'grantJobPermission'> = ({ context, viewer, params, body }) =>
  change(context, viewer, params.id, body);

const setJobPermission: Handler<'setJobPermission'> = async ({ context, viewer, params, body }) => {
  const { username = params.username, permission } = body;
  if (username.toLowerCase() !== params.username.toLowerCase()) {
    const message = `expected ${params.username} as in the address, or nothing, got another name`;
    throw new ApiError('request.invalid', { problems: [{ field: 'username', message }] });
  }
  return change(context, viewer, params.id, { username: params.username, permission });
};

const revokeJobPermissions: Handler<'revokeJobPermissions'> = async ({ context, viewer, params }) => {
  const job = await getChangeableJob(context.db, viewer, params.id);
  await revoke(context, viewer, job, null);
  return done(`Only ${job.owner} may see the job ${job.id} now.`);
};

const revokeJobPermission: Handler<'revokeJobPermission'> = async ({ context, viewer, params }) => {
  const job = await getChangeableJob(context.db, viewer, params.id);
  refuseOwner(job, params.username);
  await revoke(context, viewer, job, params.username);
  return done(`${params.username} has no permission on the job ${job.id} any more.`);
};

/** An empty permission revokes as NONE does, but is answered with 200 (spec: jobs 8). */
async function change(
  context: HttpContext,
  viewer: Viewer,
  id: JobRow['id'],
  asked: { readonly username: string; readonly permission: JobPermission | '' },
) {
  const job = await getChangeableJob(context.db, viewer, id);
  refuseOwner(job, asked.username);
  const username = await getGrantee(context, asked.username);
  const permission = asked.permission === '' ? 'NONE' : asked.permission;
  if (permission === 'NONE') await revoke(context, viewer, job, username);
  else await grant(context, viewer, job, { username, permission });
  const entry = renderJobPermission(context, job.id, { username, access: JOB_PERMISSIONS[permission] });
  return answer(entry, asked.permission === '' ? { status: 200 } : {});
}

/** The name as its owner spells it. */
async function getGrantee({ db }: HttpContext, asked: string): Promise<string> {
  const username = asked.toLowerCase();
  if (username === WORLD) return WORLD;
  const profile = await findProfile(db, username);
  if (profile === null || profile.disabled_at !== null) throw new ApiError('profile.not-found');
  return profile.username;
}

async function grant(
  context: HttpContext,
  viewer: Viewer,
  job: JobRow,
  { username, permission }: { readonly username: string; readonly permission: JobPermission },
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    await storePermission(tx, job.id, username, JOB_PERMISSIONS[permission]);
    // Whoever may not read the job any more is not told of it either.
    await recordEnded(context, tx, await endUnreadableOfJob(tx, job), viewer.username);
    await recordJobEvent(tx, context.newId, {
      job,
      name: 'PERMISSION_GRANT',
      description: `User permission was granted: ${username} has ${permission} on this job`,
      data: changeOf(context, username, permission),
      by: viewer.username,
    });
  });
}

/** Of one user, or with null of all. Nothing happens, and nobody is told, where there was no permission. */
async function revoke(
  context: HttpContext,
  viewer: Viewer,
  job: JobRow,
  whose: string | null,
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    const removed = await removeJobPermissions(tx, job.id, whose);
    if (removed.length === 0) return;
    // Whoever may not read the job any more is not told of it either.
    await recordEnded(context, tx, await endUnreadableOfJob(tx, job), viewer.username);
    const names = removed.toSorted().join(', ');
    await recordJobEvent(tx, context.newId, {
      job,
      name: 'PERMISSION_REVOKE',
      description: `Permission was removed for a user on this job: ${names}`,
      data: changeOf(context, names, 'NONE'),
      by: viewer.username,
    });
  });
}

/** What the PERMISSION_ variables of a subscription's URL name. */
function changeOf({ formatTime, now }: HttpContext, username: string, permission: JobPermission) {
  return { username, permission, lastUpdated: formatTime(now()) };
}

function refuseOwner(job: JobRow, username: string): void {
  if (!isOwner(job, username)) return;
  throw new ApiError('access.forbidden', {
    message: `${job.owner} owns the job and keeps every permission.`,
  });
}

function isOwner({ owner }: JobRow, username: string): boolean {
  return owner.toLowerCase() === username.toLowerCase();
}

function ownerOf({ owner }: JobRow) {
  return { username: owner, access: JOB_PERMISSIONS.ALL };
}

/** Operations on the permissions of a job. */
export const JOB_PERMISSION_HANDLERS: Pick<
  HandlersOf<'Jobs'>,
  | 'listJobPermissions'
  | 'grantJobPermission'
  | 'revokeJobPermissions'
  | 'showJobPermission'
  | 'setJobPermission'
  | 'revokeJobPermission'
> = {
  listJobPermissions,
  grantJobPermission,
  revokeJobPermissions,
  showJobPermission,
  setJobPermission,
  revokeJobPermission,
};
