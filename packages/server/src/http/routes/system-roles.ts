import { ApiError, type RoleRequest } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { findProfile } from '../../database/profiles.ts';
import { endUnseenOfSystem } from '../../database/subscription-access.ts';
import {
  findSystemRole,
  listSystemRoles as readRoles,
  removeSystemRoles,
  setSystemRole as storeRole,
  type ViewedSystem,
  type Viewer,
} from '../../database/systems.ts';
import type { SystemRole } from '../../database/tables.ts';
import { mayUseSystem } from '../../domain/access.ts';
import { recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import { endUnreadable } from '../files/readable-file.ts';
import { getChangeableSystem, getViewedSystem } from '../get-viewed-system.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderRole, renderSystem } from '../views/system-view.ts';

const listSystemRoles: Handler<'listSystemRoles'> = async ({ context, viewer, params, query }) => {
  const system = await getViewedSystem(context.db, viewer, params.id);
  const given = await readRoles(context.db, system.uuid);
  const roles = [
    { username: system.owner, role: 'OWNER' as const },
    ...given.filter(({ username }) => username !== system.owner),
  ];
  const page = roles.slice(query.offset, query.offset + query.limit);
  return answer(page.map((role) => renderRole(context, system.id, role)));
};

const showSystemRole: Handler<'showSystemRole'> = async ({ context, viewer, params }) => {
  const system = await getViewedSystem(context.db, viewer, params.id);
  const { username } = params;
  const role = username === system.owner ? 'OWNER' : await findSystemRole(context.db, system.uuid, username);
  if (role === null) throw new ApiError('role.not-found');
  return answer(renderRole(context, system.id, { username, role }));
};

const grantSystemRole: Handler<'grantSystemRole'> = ({ context, viewer, params, body }) =>
  grant(context, viewer, params.id, body);

const setSystemRole: Handler<'setSystemRole'> = async ({ context, viewer, params, body }) => {
  const { username = params.username, role } = body;
  if (username === params.username) return grant(context, viewer, params.id, { username, role });
  const message = `expected ${params.username} as in the address, or nothing, got another name`;
  throw new ApiError('request.invalid', { problems: [{ field: 'username', message }] });
};

/** Answers with a list of one, because existing clients take its first element (spec: clients). */
async function grant(context: HttpContext, viewer: Viewer, id: string, { username, role }: RoleRequest) {
  const system = await getChangeableSystem(context.db, viewer, id);
  refuseOwner(system.owner, username);
  if (role === 'OWNER' && !mayUseSystem(system.role, 'grantOwner')) throw new ApiError('access.forbidden');
  if ((await findProfile(context.db, username)) === null) throw new ApiError('profile.not-found');
  await changeRole(context, viewer, system, { username, role: role === 'NONE' ? null : role });
  return answer([renderRole(context, system.id, { username, role })]);
}

const revokeSystemRole: Handler<'revokeSystemRole'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  refuseOwner(system.owner, params.username);
  await changeRole(context, viewer, system, { username: params.username, role: null });
  return done(`${params.username} has no role on the system ${system.id} any more.`);
};

const revokeSystemRoles: Handler<'revokeSystemRoles'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  await inTransaction(context.db, async (tx) => {
    const removed = await removeSystemRoles(tx, system.uuid);
    if (removed.length === 0) return;
    const description = `Nobody but the owner has a role on the system: ${removed.toSorted().join(', ')}`;
    await tellOfRoles(tx, context, { system, name: 'ROLES_REVOKE', description, by: viewer.username });
  });
  return done(`Only ${system.owner} has a role on the system ${system.id} now.`);
};

/** With the role goes what was subscribed to with it. Taking away what nobody has changes nothing. */
async function changeRole(
  context: HttpContext,
  viewer: Viewer,
  system: ViewedSystem,
  { username, role }: { readonly username: string; readonly role: SystemRole | null },
): Promise<void> {
  await inTransaction(context.db, async (tx) => {
    const former = await findSystemRole(tx, system.uuid, username);
    if (former === role) return;
    await storeRole(tx, system.uuid, username, role);
    await tellOfRoles(tx, context, {
      system,
      name: role === null ? 'ROLES_REVOKE' : 'ROLES_GRANT',
      description: `${username} has ${role ?? 'no role'} on the system`,
      by: viewer.username,
    });
  });
}

async function tellOfRoles(
  tx: Db,
  context: HttpContext,
  {
    system,
    ...what
  }: {
    readonly system: ViewedSystem;
    readonly name: 'ROLES_GRANT' | 'ROLES_REVOKE';
    readonly description: string;
    readonly by: string;
  },
): Promise<void> {
  const { uuid } = system;
  const body = renderSystem(context, system);
  await recordResourceEvent(tx, context.newId, { kind: 'system', uuid, ...what, body });
  await recordEnded(context, tx, await endUnseenOfSystem(tx, uuid), what.by);
  await endUnreadable(tx, context, { systemUuid: uuid, path: '/' }, what.by);
}

function refuseOwner(owner: string, username: string): void {
  if (username !== owner) return;
  throw new ApiError('access.forbidden', { message: `${owner} owns the system and keeps that role.` });
}

/** Operations on the roles of a system. */
export const SYSTEM_ROLE_HANDLERS: Pick<
  HandlersOf<'Systems'>,
  | 'listSystemRoles'
  | 'showSystemRole'
  | 'grantSystemRole'
  | 'setSystemRole'
  | 'revokeSystemRole'
  | 'revokeSystemRoles'
> = {
  listSystemRoles,
  showSystemRole,
  grantSystemRole,
  setSystemRole,
  revokeSystemRole,
  revokeSystemRoles,
};
