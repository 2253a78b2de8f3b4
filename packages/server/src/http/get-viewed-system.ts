import { ApiError } from '@arras/contract';
import type { Db } from '../database/connection.ts';
import {
  findViewedSystem,
  findViewedSystemByUuid,
  type ViewedSystem,
  type Viewer,
} from '../database/systems.ts';
import { mayUseSystem } from '../domain/access.ts';

/** The system of this id or uuid, if the viewer may see it. Throws the one error that does not say whether it exists (S1). */
export async function getViewedSystem(db: Db, viewer: Viewer, id: string): Promise<ViewedSystem> {
  const system = (await findViewedSystem(db, viewer, id)) ?? (await findViewedSystemByUuid(db, viewer, id));
  if (system === null) throw new ApiError('system.not-found');
  return system;
}

/** The system, if the viewer may change it. Throws ApiError. */
export async function getChangeableSystem(db: Db, viewer: Viewer, id: string): Promise<ViewedSystem> {
  const system = await getViewedSystem(db, viewer, id);
  if (mayUseSystem(system.role, 'change')) return system;
  throw new ApiError('access.forbidden', {
    message: `Only owners and administrators of the system ${id} may change it; your role is ${system.role}.`,
  });
}
