import { ApiError, JOB_PERMISSIONS, WORLD } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import {
  listFilePermissions as readPermissions,
  removeFilePermissions,
  setFilePermission,
} from '../../database/file-permissions.ts';
import type { FilePermissionRow } from '../../database/file-tables.ts';
import { findProfile } from '../../database/profiles.ts';
import { recordKnownFile } from '../../events/record-file.ts';
import type { HttpContext } from '../context.ts';
import { type AskedFile, fileOn, findAskedFile, isAbsolute, requireAccess } from '../files/asked-file.ts';
import { findOwners } from '../files/judge-access.ts';
import { endUnreadable } from '../files/readable-file.ts';
import { recorderOf } from '../files/record.ts';
import { onStorage } from '../files/storage-refusal.ts';
import type { Handler, HandlerRequest } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderFilePermission } from '../views/file-permission-view.ts';

export const listFilePermissions: Handler<'listFilePermissions'> = async (request) => {
  const { context, viewer, query } = request;
  const asked = await findListed(request);
  await requireAccess(context, viewer, asked, 'mayRead');
  const wanted = query.username ?? query['username.eq'];
  const owners = [asked.system.owner, ...(await findOwners(context.db, asked.system, asked.path))];
  const granted = (await readPermissions(context.db, asked)).map(entryOf);
  // The nearest place counts for each user; `readPermissions` names it first.
  const all = [...owners.map(ownerEntry), ...granted].filter(
    ({ username }, index, list) => list.findIndex((other) => other.username === username) === index,
  );
  // Existing clients take the first entry of a user whatever that may do (spec: clients).
  const chosen =
    wanted === undefined ? all : [all.find(({ username }) => username === wanted) ?? nothingFor(wanted)];
  const page = chosen.slice(query.offset, query.offset + query.limit);
  return answer(page.map((entry) => renderFilePermission(context, asked, entry)));
};

/**
 * Existing clients ask for the permission of one user with one slash less than for all others (spec: clients): where
 * nothing is below homeDir, they mean the path below rootDir.
 */
async function findListed(request: HandlerRequest<'listFilePermissions'>): Promise<AskedFile> {
  const asked = await findAskedFile(request);
  if (request.query['username.eq'] === undefined || isAbsolute(request)) return asked;
  // Before anything is looked at, which would tell what there is.
  await requireAccess(request.context, request.viewer, asked, 'mayRead');
  const absolute = fileOn(asked.system, `/${request.params.path ?? ''}`);
  const { storage } = await request.context.targets.getPlace(asked.systemId);
  const isThere = await onStorage(async () => (await storage.find(asked.path)) !== null);
  return isThere ? asked : absolute;
}

function ownerEntry(username: string) {
  return { username, read: true, write: true, execute: true, recursive: true };
}

function nothingFor(username: string) {
  return { username, read: false, write: false, execute: false, recursive: false };
}

function entryOf(row: FilePermissionRow) {
  const { username, can_read, can_write, can_execute, recursive } = row;
  return { username, read: can_read, write: can_write, execute: can_execute, recursive };
}

/** A list of one, because existing clients expect a list (spec: clients). */
export const grantFilePermission: Handler<'grantFilePermission'> = async (request) => {
  const { context, viewer, body } = request;
  const asked = await findAskedFile(request);
  await requireAccess(context, viewer, asked, 'mayShare');
  await requireThere(context, asked);
  const username = await getGrantee(context.db, body.username);
  const permission = body.permission === '' ? 'NONE' : body.permission;
  const access = JOB_PERMISSIONS[permission];
  const { recursive } = body;
  const grant = { username, ...access, recursive };
  const by = viewer.username;
  await inTransaction(context.db, async (tx) => {
    if (permission === 'NONE') return revoke(tx, context, { asked, username, by });
    await setFilePermission(tx, asked, { ...grant, by });
    await endUnreadable(tx, context, asked, by);
    await recordKnownFile(tx, recorderOf(context), {
      ...asked,
      events: [{ name: 'PERMISSION_GRANT', description: `${username} has ${permission}` }],
      by,
    });
  });
  return answer([renderFilePermission(context, asked, grant)]);
};

export const revokeFilePermissions: Handler<'revokeFilePermissions'> = async (request) => {
  const { context, viewer } = request;
  const asked = await findAskedFile(request);
  await requireAccess(context, viewer, asked, 'mayShare');
  await inTransaction(context.db, (tx) =>
    revoke(tx, context, { asked, username: null, by: viewer.username }),
  );
  return done(`What was granted for ${asked.path} is taken away.`);
};

async function revoke(
  tx: Db,
  context: HttpContext,
  {
    asked,
    username,
    by,
  }: { readonly asked: AskedFile; readonly username: string | null; readonly by: string },
): Promise<void> {
  const removed = await removeFilePermissions(tx, asked, username);
  if (removed.length === 0) return;
  await endUnreadable(tx, context, asked, by);
  const description = `Of ${removed.toSorted().join(', ')}`;
  await recordKnownFile(tx, recorderOf(context), {
    ...asked,
    events: [{ name: 'PERMISSION_REVOKE', description }],
    by,
  });
}

async function requireThere({ targets }: HttpContext, asked: AskedFile): Promise<void> {
  const { storage } = await targets.getPlace(asked.systemId);
  const found = await onStorage(() => storage.find(asked.path));
  if (found === null) throw new ApiError('file.not-found');
}

/** The name as its owner spells it. */
async function getGrantee(db: Db, asked: string): Promise<string> {
  const username = asked.toLowerCase();
  if (username === WORLD) return WORLD;
  const profile = await findProfile(db, username);
  if (profile === null || profile.disabled_at !== null) throw new ApiError('profile.not-found');
  return profile.username;
}
