import { ApiError, type AppRequest, appIdOf } from '@arras/contract';
import {
  type DefinedApp,
  findViewedApp,
  insertApp,
  listViewedApps,
  reviseApp,
  updateApp as storeChange,
} from '../../database/apps.ts';
import { inTransaction } from '../../database/connection.ts';
import type { Viewer } from '../../database/systems.ts';
import { mayChangeApp } from '../../domain/access.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { readOrder } from '../read-order.ts';
import { checkApp } from '../registered-app.ts';
import { answer, done } from '../reply.ts';
import { renderApp, renderAppSummary } from '../views/app-view.ts';

/** The fields a listing of apps can be ordered by, and their columns. */
const APP_ORDER = {
  id: 'id',
  owner: 'owner',
  executionSystem: 'execution_system',
  created: 'created_at',
  lastModified: 'last_modified',
  lastUpdated: 'last_modified',
} as const;

/** Asking for public and for private apps at once is asking for both. */
const listApps: Handler<'listApps'> = async ({ context, viewer, query }) => {
  const { publicOnly, privateOnly } = query;
  const apps = await listViewedApps(context.db, viewer, {
    isPublic: publicOnly === privateOnly ? undefined : publicOnly,
    limit: query.limit,
    offset: query.offset,
    ...readOrder(query, APP_ORDER),
  });
  return answer(apps.map((app) => renderAppSummary(context, app)));
};

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
  const made = await inTransaction(context.db, (tx) => insertApp(tx, app, { ...definition }));
  if (made !== null) return answer(renderApp(context, made));
  // Ids of deleted apps and of apps of others are taken.
  const known = await findViewedApp(context.db, viewer, id);
  if (known === null || !mayChangeApp(viewer, known)) throw new ApiError('app.exists');
  return answer(await revise(context, viewer, known, definition), { status: 200 });
};

const showApp: Handler<'showApp'> = async ({ context, viewer, params }) =>
  answer(renderApp(context, await getViewedApp(context, viewer, params.id)));

const updateApp: Handler<'updateApp'> = async ({ context, viewer, params, body }) => {
  const known = await getChangeableApp(context, viewer, params.id);
  if (appIdOf(body) !== known.id) {
    const message = `cannot change: expected name and version of ${known.id}, got those of ${appIdOf(body)}; register that as a new app`;
    throw new ApiError('request.invalid', { problems: [{ field: 'version', message }] });
  }
  return answer(await revise(context, viewer, known, await checkApp(context, viewer, body)));
};

const deleteApp: Handler<'deleteApp'> = async ({ context, viewer, params }) => {
  const app = await getChangeableApp(context, viewer, params.id);
  await storeChange(context.db, app.uuid, { deleted: true });
  return done(`App ${app.id} was deleted.`);
};

/** What each action sets. */
const CHANGES = {
  enable: { available: true },
  disable: { available: false },
  publish: { is_public: true },
  unpublish: { is_public: false },
} as const;

/** Publishing lets everybody run the program, so it is for administrators of the service. */
const actOnApp: Handler<'actOnApp'> = async ({ context, viewer, params, body }) => {
  const app = await getViewedApp(context, viewer, params.id);
  const concernsAll = body.action === 'publish' || body.action === 'unpublish';
  if (concernsAll && !viewer.isAdmin) throw new ApiError('access.admin-only');
  if (!mayChangeApp(viewer, app)) throw new ApiError('access.forbidden');
  await storeChange(context.db, app.uuid, CHANGES[body.action]);
  return answer(renderApp(context, await getViewedApp(context, viewer, params.id)));
};

async function revise(context: HttpContext, viewer: Viewer, known: DefinedApp, definition: AppRequest) {
  const { executionSystem, available } = definition;
  const change = {
    definition: { ...definition },
    executionSystem,
    available,
    by: viewer.username,
    ifRevision: known.revision,
  };
  const revised = await inTransaction(context.db, (tx) => reviseApp(tx, known.uuid, change));
  if (revised === null) throw new ApiError('conflict');
  return renderApp(context, revised);
}

async function getViewedApp({ db }: HttpContext, viewer: Viewer, id: string): Promise<DefinedApp> {
  const app = await findViewedApp(db, viewer, id);
  if (app === null) throw new ApiError('app.not-found');
  return app;
}

async function getChangeableApp(context: HttpContext, viewer: Viewer, id: string): Promise<DefinedApp> {
  const app = await getViewedApp(context, viewer, id);
  if (mayChangeApp(viewer, app)) return app;
  throw new ApiError('access.forbidden', { message: `Only the owner of the app ${id} may change it.` });
}

/** Operations on apps. */
export const APP_HANDLERS: HandlersOf<'Apps'> = {
  listApps,
  createApp,
  showApp,
  updateApp,
  deleteApp,
  actOnApp,
};
