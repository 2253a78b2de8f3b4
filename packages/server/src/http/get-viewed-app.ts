import { ApiError } from '@arras/contract';
import { type AppAccess, findViewedApp, findViewedAppByUuid, type ViewedApp } from '../database/apps.ts';
import type { Db } from '../database/connection.ts';
import type { Viewer } from '../database/systems.ts';

const REFUSALS = {
  can_read: 'may not see the app',
  can_write: 'may not change the app',
  can_execute: 'may not run the app',
} as const satisfies Record<keyof AppAccess, string>;

/**
 * The app of this id or uuid, if the viewer may do with it what they are about to. Who may do nothing with it gets the
 * one error that does not say whether it exists (S1). Throws ApiError.
 */
export async function getViewedApp(
  db: Db,
  viewer: Viewer,
  id: string,
  need: keyof AppAccess = 'can_read',
): Promise<ViewedApp> {
  const app = (await findViewedApp(db, viewer, id)) ?? (await findViewedAppByUuid(db, viewer, id));
  if (app === null) throw new ApiError('app.not-found');
  if (app[need]) return app;
  throw new ApiError('access.forbidden', {
    message: `You ${REFUSALS[need]} ${app.id}; ask its owner, ${app.owner}, for the permission.`,
  });
}
