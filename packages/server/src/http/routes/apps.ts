import { ApiError, type AppRequest, type AppView, appIdOf } from '@arras/contract';
import {
  type DefinedApp,
  findViewedApp,
  findViewedAppByUuid,
  insertApp,
  listViewedApps,
  reviseApp,
  updateApp as storeChange,
} from '../../database/apps.ts';
import { type Db, inTransaction } from '../../database/connection.ts';
import { endUnseenOfApp } from '../../database/subscription-access.ts';
import type { Viewer } from '../../database/systems.ts';
import { mayChangeApp } from '../../domain/access.ts';
import { type ResourceHappening, recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { readOrder } from '../read-order.ts';
import { checkApp } from '../registered-app.ts';
import { answer, done } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
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
  const made = await recorded(context, viewer, 'CREATED', (tx) => insertApp(tx, app, { ...definition }));
  if (made !== null) return answer(made);
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
  await recorded(context, viewer, 'DELETED', async (tx) => {
    if ((await storeChange(tx, app.uuid, { deleted: true })) === null) throw new ApiError('app.not-found');
    return app;
  });
  return done(`App ${app.id} was deleted.`);
};

/** What each action sets. */
const CHANGES = {
  enable: { set: { available: true }, event: 'ENABLED' },
  disable: { set: { available: false }, event: 'DISABLED' },
  publish: { set: { is_public: true }, event: 'PUBLISHED' },
  unpublish: { set: { is_public: false }, event: 'UNPUBLISHED' },
} as const;

/** Publishing lets everybody run the program, so it is for administrators of the service. */
const actOnApp: Handler<'actOnApp'> = async ({ context, viewer, params, body }) => {
  const app = await getViewedApp(context, viewer, params.id);
  const concernsAll = body.action === 'publish' || body.action === 'unpublish';
  if (concernsAll && !viewer.isAdmin) throw new ApiError('access.admin-only');
  if (!mayChangeApp(viewer, app)) throw new ApiError('access.forbidden');
  const { set, event } = CHANGES[body.action];
  const view = await recorded(context, viewer, event, async (tx) => {
    const stored = await storeChange(tx, app.uuid, set);
    if (stored === null) throw new ApiError('app.not-found');
    if (event === 'UNPUBLISHED') {
      await recordEnded(context, tx, await endUnseenOfApp(tx, app), viewer.username);
    }
    return { ...stored, definition: app.definition };
  });
  if (view === null) throw new ApiError('app.not-found');
  return answer(view);
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
  const revised = await recorded(context, viewer, 'UPDATED', (tx) => reviseApp(tx, known.uuid, change));
  if (revised === null) throw new ApiError('conflict');
  return revised;
}

/** Makes a change and writes down that it happened, both or neither. Null when the change found nothing to change. */
async function recorded(
  context: HttpContext,
  viewer: Viewer,
  name: Extract<ResourceHappening, { kind: 'app' }>['name'],
  store: (tx: Db) => Promise<DefinedApp | null>,
): Promise<AppView | null> {
  const view = await inTransaction(context.db, async (tx) => {
    const app = await store(tx);
    if (app === null) return null;
    const body = renderApp(context, app);
    await recordResourceEvent(tx, context.newId, {
      kind: 'app',
      uuid: app.uuid,
      name,
      body,
      by: viewer.username,
    });
    return body;
  });
  return view;
}

async function getViewedApp({ db }: HttpContext, viewer: Viewer, id: string): Promise<DefinedApp> {
  const app = (await findViewedApp(db, viewer, id)) ?? (await findViewedAppByUuid(db, viewer, id));
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
