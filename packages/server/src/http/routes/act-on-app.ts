import {
  type APP_ACTIONS,
  ApiError,
  type AppActionRequest,
  type AppView,
  appIdOf,
  publishedIdOf,
} from '@arras/contract';
import { removeAppPermissions } from '../../database/app-permissions.ts';
import {
  type DefinedApp,
  findPublication,
  getAppRevision,
  insertApp,
  unpublishAll,
  updateApp,
  type ViewedApp,
} from '../../database/apps.ts';
import { type Db, inTransaction } from '../../database/connection.ts';
import { endUnseenOfApp } from '../../database/subscription-access.ts';
import type { Viewer } from '../../database/systems.ts';
import type { AppRow } from '../../database/tables.ts';
import { ownsApp } from '../../domain/access.ts';
import type { HttpContext } from '../context.ts';
import { getViewedApp } from '../get-viewed-app.ts';
import type { Handler } from '../handler.ts';
import { recordAppEvent, recordedApp } from '../record-app.ts';
import { checkApp } from '../registered-app.ts';
import { answer } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { appDefinitionOf, renderApp } from '../views/app-view.ts';

type Action = (typeof APP_ACTIONS)[number];

/** An action that somebody asks for. */
interface Asked {
  readonly context: HttpContext;
  readonly viewer: Viewer;
  readonly id: string;
  readonly body: AppActionRequest;
}

/** Who may ask for each action, what it does, and the app that it answers with. */
const ACTIONS = {
  enable: (asked) => setAvailable(asked, true),
  disable: (asked) => setAvailable(asked, false),
  publish,
  unpublish,
  clone,
  erase,
} as const satisfies Record<Action, (asked: Asked) => Promise<AppView>>;

/** Acts on an app. Asking for what is so already changes nothing that can be seen. */
export const actOnApp: Handler<'actOnApp'> = async ({ context, viewer, params, body }) => {
  const view = await ACTIONS[body.action]({ context, viewer, id: params.id, body });
  return answer(view, body.action === 'clone' ? { status: 202 } : {});
};

async function setAvailable({ context, viewer, id }: Asked, available: boolean): Promise<AppView> {
  const app = await getViewedApp(context.db, viewer, id, 'can_write');
  const view = await recordedApp(context, viewer, available ? 'ENABLED' : 'DISABLED', async (tx) =>
    withDefinition(app, await updateApp(tx, app.uuid, { available })),
  );
  if (view === null) throw new ApiError('app.not-found');
  return view;
}

/**
 * Publishing lets everybody run the program, so it is for administrators of the service. The current revision becomes
 * an app of its own that does not change, whatever its owner does to the app afterwards.
 */
async function publish({ context, viewer, id }: Asked): Promise<AppView> {
  const app = await getViewedApp(context.db, viewer, id);
  if (!viewer.isAdmin) throw new ApiError('access.admin-only');
  if (app.published_from !== null) return showAgain(context, viewer, app, app);
  const published = {
    uuid: context.newId('app'),
    id: publishedIdOf(app.id, app.revision),
    owner: app.owner,
    is_public: true,
    available: app.available,
    revision: app.revision,
    execution_system: app.execution_system,
    published_from: app.uuid,
  };
  const view = await recordedApp(context, viewer, 'PUBLISHED', async (tx) => {
    const inserted = await insertApp(tx, published, app.definition);
    const description = `Revision ${app.revision} is public as ${published.id}`;
    if (inserted !== null)
      await recordAppEvent(tx, context, { app, name: 'PUBLISHED', description, by: viewer.username });
    return inserted;
  });
  return view ?? publishAgain(context, viewer, app, published.id);
}

async function publishAgain(
  context: HttpContext,
  viewer: Viewer,
  app: ViewedApp,
  id: string,
): Promise<AppView> {
  const known = await findPublication(context.db, app.uuid, id);
  if (known !== null && known.deleted_at === null) return showAgain(context, viewer, known, app);
  throw new ApiError('conflict', {
    message: `${id} was deleted. Change ${app.id}, which makes a new revision, and publish that.`,
  });
}

/** A published revision for everybody again, if it is not. */
async function showAgain(
  context: HttpContext,
  viewer: Viewer,
  row: AppRow,
  { definition }: Pick<DefinedApp, 'definition'>,
): Promise<AppView> {
  if (row.is_public) return renderApp(context, { ...row, definition });
  const view = await recordedApp(context, viewer, 'REPUBLISHED', async (tx) =>
    withDefinition({ definition }, await updateApp(tx, row.uuid, { is_public: true })),
  );
  if (view === null) throw new ApiError('app.not-found');
  return view;
}

/** Of a published revision, or of an app all that were published. Whoever may delete an app may take it back. */
async function unpublish({ context, viewer, id }: Asked): Promise<AppView> {
  const app = await getViewedApp(context.db, viewer, id);
  refuseUnlessOwned(viewer, app);
  return inTransaction(context.db, async (tx) => {
    const own = app.is_public ? await updateApp(tx, app.uuid, { is_public: false }) : null;
    const published = await unpublishAll(tx, app.uuid);
    for (const row of own === null ? published : [own, ...published])
      await tellOfEnd(tx, context, row, viewer.username);
    if (own === null && published.length > 0) {
      const description = `No longer public: ${published.map((row) => row.id).join(', ')}`;
      await recordAppEvent(tx, context, { app, name: 'UNPUBLISHED', description, by: viewer.username });
    }
    return renderApp(context, { ...app, ...own });
  });
}

async function tellOfEnd(tx: Db, context: HttpContext, row: AppRow, by: string): Promise<void> {
  const definition = await getAppRevision(tx, row.uuid, row.revision);
  await recordAppEvent(tx, context, { app: { ...row, definition }, name: 'UNPUBLISHED', by });
  await recordEnded(context, tx, await endUnseenOfApp(tx, row), by);
}

/** As a new app of the caller, who must be able to use its systems and files like those of any app they register. */
async function clone({ context, viewer, id, body }: Asked): Promise<AppView> {
  const source = await getViewedApp(context.db, viewer, id);
  const { action: _, ...own } = body;
  const wanted = { ...appDefinitionOf(source), ...withoutAbsent(own) };
  const definition = await checkApp(context, viewer, wanted);
  const app = {
    uuid: context.newId('app'),
    id: appIdOf(definition),
    owner: viewer.username,
    available: definition.available,
    execution_system: definition.executionSystem,
  };
  const view = await recordedApp(context, viewer, 'CREATED', async (tx) => {
    const inserted = await insertApp(tx, app, { ...definition });
    const description = `The app was cloned as ${app.id}`;
    if (inserted !== null)
      await recordAppEvent(tx, context, { app: source, name: 'CLONED', description, by: viewer.username });
    return inserted;
  });
  if (view !== null) return view;
  throw new ApiError('app.exists', {
    message: `There is, or was, an app ${app.id}; give the clone another name or version.`,
  });
}

/** Only fields that were given replace those of the app. */
function withoutAbsent<Fields extends object>(given: Fields) {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

/**
 * Deletes an app for good: its id can be taken by somebody else, which is why only administrators of the service may.
 * Jobs keep the revision that they were submitted with.
 */
async function erase({ context, viewer, id }: Asked): Promise<AppView> {
  const app = await getViewedApp(context.db, viewer, id);
  if (!viewer.isAdmin) throw new ApiError('access.admin-only');
  await deleteApp(context, viewer, app, { frees: true });
  return renderApp(context, app);
}

/** Hides an app and takes its permissions away; `frees`: its id too. Throws ApiError when it is gone already. */
export async function deleteApp(
  context: HttpContext,
  viewer: Viewer,
  app: ViewedApp,
  { frees }: { readonly frees: boolean },
): Promise<void> {
  const view = await recordedApp(context, viewer, 'DELETED', async (tx) => {
    await removeAppPermissions(tx, app.uuid, null);
    const id = frees ? { id: `${app.id} ${app.uuid}` } : {};
    const deleted = await updateApp(tx, app.uuid, { deleted: true, ...id });
    return deleted === null ? null : app;
  });
  if (view === null) throw new ApiError('app.not-found');
}

/** Throws ApiError unless the viewer may delete the app. */
export function refuseUnlessOwned(viewer: Viewer, app: ViewedApp): void {
  if (ownsApp(viewer, app)) return;
  throw new ApiError('access.forbidden', {
    message: `Only ${app.owner}, who owns the app ${app.id}, may do this.`,
  });
}

function withDefinition(
  { definition }: Pick<DefinedApp, 'definition'>,
  row: AppRow | null,
): DefinedApp | null {
  return row === null ? null : { ...row, definition };
}
