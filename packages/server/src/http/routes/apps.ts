import { ApiError, type AppRequest, appIdOf } from '@arras/contract';
import { findViewedApp, insertApp, reviseApp, type ViewedApp } from '../../database/apps.ts';
import type { Viewer } from '../../database/systems.ts';
import type { HttpContext } from '../context.ts';
import { getViewedApp } from '../get-viewed-app.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { recordedApp } from '../record-app.ts';
import { checkApp } from '../registered-app.ts';
import { answer, done } from '../reply.ts';
import { renderApp } from '../views/app-view.ts';
import { actOnApp, refuseUnlessOwned, deleteApp as removeApp } from './act-on-app.ts';
import { showAppForm } from './app-form.ts';
import { APP_PERMISSION_HANDLERS } from './app-permissions.ts';
import { APP_LIST_HANDLERS } from './list-apps.ts';
import { listAppHistory } from './resource-history.ts';

const createApp: Handler<'createApp'> = async ({ context, viewer, body }) => {
  const definition = await checkApp(context, viewer, body);
  const id = appIdOf(body);
  const app = {
    uuid: context.newId('app'),
    id,
    owner: viewer.username,
    available: body.available,
    execution_system: body.executionSystem,
  };
  const made = await recordedApp(context, viewer, 'CREATED', (tx) => insertApp(tx, app, { ...definition }));
  if (made !== null) return answer(made);
  // Ids of deleted apps and of apps of others are taken.
  const known = await findViewedApp(context.db, viewer, id);
  if (known === null || !known.can_write) throw new ApiError('app.exists');
  return answer(await revise(context, viewer, known, definition), { status: 200 });
};

const showApp: Handler<'showApp'> = async ({ context, viewer, params }) =>
  answer(renderApp(context, await getViewedApp(context.db, viewer, params.id)));

const updateApp: Handler<'updateApp'> = async ({ context, viewer, params, body }) => {
  const known = await getViewedApp(context.db, viewer, params.id, 'can_write');
  if (known.published_from !== null) {
    throw new ApiError('conflict', {
      message: `${known.id} is a published revision, which does not change. Change the app ${appIdOf(body)} and publish it again.`,
    });
  }
  if (appIdOf(body) !== known.id) {
    const message = `cannot change: expected name and version of ${known.id}, got those of ${appIdOf(body)}; register that as a new app`;
    throw new ApiError('request.invalid', { problems: [{ field: 'version', message }] });
  }
  return answer(await revise(context, viewer, known, await checkApp(context, viewer, body)));
};

const deleteApp: Handler<'deleteApp'> = async ({ context, viewer, params }) => {
  const app = await getViewedApp(context.db, viewer, params.id);
  refuseUnlessOwned(viewer, app);
  await removeApp(context, viewer, app, { frees: false });
  return done(`App ${app.id} was deleted.`);
};

async function revise(context: HttpContext, viewer: Viewer, known: ViewedApp, definition: AppRequest) {
  const { executionSystem, available } = definition;
  const change = {
    definition: { ...definition },
    executionSystem,
    available,
    by: viewer.username,
    ifRevision: known.revision,
  };
  const revised = await recordedApp(context, viewer, 'UPDATED', (tx) => reviseApp(tx, known.uuid, change));
  if (revised === null) throw new ApiError('conflict');
  return revised;
}

/** Operations on apps. */
export const APP_HANDLERS: HandlersOf<'Apps'> = {
  ...APP_LIST_HANDLERS,
  createApp,
  showApp,
  updateApp,
  deleteApp,
  actOnApp,
  showAppForm,
  listAppHistory,
  ...APP_PERMISSION_HANDLERS,
};
