import {
  APP_EVENT_DESCRIPTIONS,
  ApiError,
  JOB_PERMISSIONS,
  type JobPermission,
  WORLD,
} from '@arras/contract';
import {
  findAppPermission,
  listAppPermissions as readPermissions,
  removeAppPermissions,
  setAppPermission as storePermission,
} from '../../database/app-permissions.ts';
import type { AppAccess, ViewedApp } from '../../database/apps.ts';
import { inTransaction } from '../../database/connection.ts';
import { findProfile } from '../../database/profiles.ts';
import { endUnseenOfApp } from '../../database/subscription-access.ts';
import type { Viewer } from '../../database/systems.ts';
import type { HttpContext } from '../context.ts';
import { getViewedApp } from '../get-viewed-app.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { recordAppEvent } from '../record-app.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderAppPermission } from '../views/app-permission-view.ts';

/** The owner's entry is on the first page, before the stored ones; paging counts the latter. */
const listAppPermissions: Handler<'listAppPermissions'> = async ({ context, viewer, params, query }) => {
  const app = await getViewedApp(context.db, viewer, params.id);
  const given = app.can_write
    ? await readPermissions(context.db, app.uuid, query)
    : await listOwn(context, viewer, app, query.offset);
  const owner = query.offset === 0 && query.limit > 0 ? [ownerOf(app)] : [];
  return answer([...owner, ...given].map((entry) => renderAppPermission(context, app.id, entry)));
};

/** With whom an app is shared is for those who may share it; others learn what they have themselves. */
async function listOwn({ db }: HttpContext, viewer: Viewer, app: ViewedApp, offset: number) {
  const own = offset === 0 ? await findAppPermission(db, app.uuid, viewer.username) : null;
  return own === null ? [] : [own];
}

const showAppPermission: Handler<'showAppPermission'> = async ({ context, viewer, params }) => {
  const app = await getViewedApp(context.db, viewer, params.id);
  const { username } = params;
  if (isOwner(app, username)) return answer(renderAppPermission(context, app.id, ownerOf(app)));
  const mayKnow = app.can_write || username.toLowerCase() === viewer.username.toLowerCase();
  const row = mayKnow ? await findAppPermission(context.db, app.uuid, username) : null;
  if (row === null) throw new ApiError('permission.not-found');
  return answer(renderAppPermission(context, app.id, row));
};

const grantAppPermission: Handler<'grantAppPermission'> = ({ context, viewer, params, body }) =>
  change(context, viewer, params.id, body);

const setAppPermission: Handler<'setAppPermission'> = async ({ context, viewer, params, body }) => {
  const { username = params.username, permission } = body;
  if (username.toLowerCase() !== params.username.toLowerCase()) {
    const message = `expected ${params.username} as in the address, or nothing, got another name`;
    throw new ApiError('request.invalid', { problems: [{ field: 'username', message }] });
  }
  return change(context, viewer, params.id, { username: params.username, permission });
};

const revokeAppPermissions: Handler<'revokeAppPermissions'> = async ({ context, viewer, params }) => {
  const app = await getViewedApp(context.db, viewer, params.id, 'can_write');
  await revoke(context, viewer, app, null);
  return done(`Nobody but ${app.owner} has a permission on the app ${app.id} now.`);
};

const revokeAppPermission: Handler<'revokeAppPermission'> = async ({ context, viewer, params }) => {
  const app = await getViewedApp(context.db, viewer, params.id, 'can_write');
  refuseOwner(app, params.username);
  await revoke(context, viewer, app, params.username);
  return done(`${params.username} has no permission on the app ${app.id} any more.`);
};

/** An empty permission revokes as NONE does, but is answered with 200, as with jobs (spec: jobs 8). */
async function change(
  context: HttpContext,
  viewer: Viewer,
  id: string,
  asked: { readonly username: string; readonly permission: JobPermission | '' },
) {
  const app = await getViewedApp(context.db, viewer, id, 'can_write');
  refuseOwner(app, asked.username);
  const username = await getGrantee(context, asked.username);
  const permission = asked.permission === '' ? 'NONE' : asked.permission;
  const access = accessOf(permission);
  if (permission === 'NONE') await revoke(context, viewer, app, username);
  else await grant(context, viewer, app, { username, permission, access });
  const entry = renderAppPermission(context, app.id, { username, ...access });
  return answer(entry, asked.permission === '' ? { status: 200 } : {});
}

function accessOf(permission: JobPermission): AppAccess {
  const { read, write, execute } = JOB_PERMISSIONS[permission];
  return { can_read: read, can_write: write, can_execute: execute };
}

/** The name as its owner spells it. An app for everybody is published, which is for administrators to decide. */
async function getGrantee({ db }: HttpContext, asked: string): Promise<string> {
  const username = asked.toLowerCase();
  if (username === WORLD) {
    const message = `expected the name of a user, got ${WORLD}; for everybody, ask an administrator to publish the app`;
    throw new ApiError('request.invalid', { problems: [{ field: 'username', message }] });
  }
  const profile = await findProfile(db, username);
  if (profile === null || profile.disabled_at !== null) throw new ApiError('profile.not-found');
  return profile.username;
}

interface Grant {
  readonly username: string;
  readonly permission: JobPermission;
  readonly access: AppAccess;
}

async function grant(
  context: HttpContext,
  viewer: Viewer,
  app: ViewedApp,
  { username, permission, access }: Grant,
): Promise<void> {
  const by = viewer.username;
  await inTransaction(context.db, async (tx) => {
    await storePermission(tx, app.uuid, { username, ...access, by });
    // Whoever may not see the app any more is not told of it either.
    await recordEnded(context, tx, await endUnseenOfApp(tx, app), by);
    const description = `User permission was granted: ${username} has ${permission} on this app`;
    await recordAppEvent(tx, context, {
      app,
      name: 'PERMISSION_GRANT',
      description,
      toldDescription: APP_EVENT_DESCRIPTIONS.PERMISSION_GRANT,
      by,
    });
  });
}

/** Of one user, or with null of all. Nothing happens, and nobody is told, where there was no permission. */
async function revoke(
  context: HttpContext,
  viewer: Viewer,
  app: ViewedApp,
  whose: string | null,
): Promise<void> {
  const by = viewer.username;
  await inTransaction(context.db, async (tx) => {
    const removed = await removeAppPermissions(tx, app.uuid, whose);
    if (removed.length === 0) return;
    await recordEnded(context, tx, await endUnseenOfApp(tx, app), by);
    const description = `Permission was removed on this app: ${removed.toSorted().join(', ')}`;
    await recordAppEvent(tx, context, {
      app,
      name: 'PERMISSION_REVOKE',
      description,
      toldDescription: APP_EVENT_DESCRIPTIONS.PERMISSION_REVOKE,
      by,
    });
  });
}

function refuseOwner(app: ViewedApp, username: string): void {
  if (!isOwner(app, username)) return;
  throw new ApiError('access.forbidden', {
    message: `${app.owner} owns the app and keeps every permission.`,
  });
}

function isOwner({ owner }: ViewedApp, username: string): boolean {
  return owner.toLowerCase() === username.toLowerCase();
}

function ownerOf({ owner }: ViewedApp) {
  return { username: owner, ...accessOf('ALL') };
}

/** Operations on the permissions of an app. */
export const APP_PERMISSION_HANDLERS: Pick<
  HandlersOf<'Apps'>,
  | 'listAppPermissions'
  | 'grantAppPermission'
  | 'revokeAppPermissions'
  | 'showAppPermission'
  | 'setAppPermission'
  | 'revokeAppPermission'
> = {
  listAppPermissions,
  grantAppPermission,
  revokeAppPermissions,
  showAppPermission,
  setAppPermission,
  revokeAppPermission,
};
