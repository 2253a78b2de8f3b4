import { ApiError, type SystemView } from '@arras/contract';
import { insertSystem, type Viewer } from '../../database/systems.ts';
import { mayUseSystem } from '../../domain/access.ts';
import type { HttpContext } from '../context.ts';
import { getViewedSystem } from '../get-viewed-system.ts';
import { recordedSystem } from '../record-system.ts';
import { checkSystem, toDefinition } from '../registered-system.ts';
import { definitionOf } from '../views/system-view.ts';

/**
 * A new system of the caller, described as another. Credentials are not copied: nobody gets to use those of others.
 * Throws ApiError.
 */
export async function cloneSystem(
  context: HttpContext,
  viewer: Viewer,
  { sourceId, id }: { readonly sourceId: string; readonly id: string },
): Promise<SystemView> {
  const source = await getViewedSystem(context.db, viewer, sourceId);
  if (!mayUseSystem(source.role, 'run')) throw new ApiError('access.forbidden');
  const checked = await checkSystem(context, viewer, { ...definitionOf(source), id }, null);
  const system = {
    uuid: context.newId('system'),
    id,
    owner: viewer.username,
    type: source.type,
    available: source.available,
    trusted: viewer.isAdmin,
    definition: JSON.stringify(toDefinition(checked, id)),
  };
  const happening = { uuid: system.uuid, id, name: 'CREATED' } as const;
  const view = await recordedSystem(context, viewer, happening, (tx) => insertSystem(tx, system));
  if (view === null) throw new ApiError('system.exists');
  return view;
}
