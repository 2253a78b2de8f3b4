import { ApiError } from '@arras/contract';
import { findProfile } from '../../database/profiles.ts';
import { findSystemRole, listSystemRoles as readRoles, setSystemRole } from '../../database/systems.ts';
import { mayUseSystem } from '../../domain/access.ts';
import { getChangeableSystem, getViewedSystem } from '../get-viewed-system.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { renderRole } from '../views/system-view.ts';

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

/** A list of one, because existing clients take its first element (spec: clients). */
const grantSystemRole: Handler<'grantSystemRole'> = async ({ context, viewer, params, body }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  const { username, role } = body;
  refuseOwner(system.owner, username);
  if (role === 'OWNER' && !mayUseSystem(system.role, 'grantOwner')) throw new ApiError('access.forbidden');
  if ((await findProfile(context.db, username)) === null) throw new ApiError('profile.not-found');
  await setSystemRole(context.db, system.uuid, username, role === 'NONE' ? null : role);
  return answer([renderRole(context, system.id, { username, role })]);
};

const revokeSystemRole: Handler<'revokeSystemRole'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  refuseOwner(system.owner, params.username);
  await setSystemRole(context.db, system.uuid, params.username, null);
  return done(`${params.username} has no role on the system ${system.id} any more.`);
};

function refuseOwner(owner: string, username: string): void {
  if (username !== owner) return;
  throw new ApiError('access.forbidden', { message: `${owner} owns the system and keeps that role.` });
}

/** Operations on the roles of a system. */
export const SYSTEM_ROLE_HANDLERS: Pick<
  HandlersOf<'Systems'>,
  'listSystemRoles' | 'showSystemRole' | 'grantSystemRole' | 'revokeSystemRole'
> = { listSystemRoles, showSystemRole, grantSystemRole, revokeSystemRole };
