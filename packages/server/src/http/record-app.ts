import type { AppView } from '@arras/contract';
import type { DefinedApp } from '../database/apps.ts';
import { type Db, inTransaction } from '../database/connection.ts';
import type { Viewer } from '../database/systems.ts';
import { type ResourceHappening, recordResourceEvent } from '../events/record-resource.ts';
import type { HttpContext } from './context.ts';
import { renderApp } from './views/app-view.ts';

/** What can happen to an app. */
export type AppHappening = Extract<ResourceHappening, { kind: 'app' }>['name'];

/** Makes a change and writes down that it happened, both or neither. Null when the change found nothing to change. */
export async function recordedApp(
  context: HttpContext,
  viewer: Viewer,
  name: AppHappening,
  store: (tx: Db) => Promise<DefinedApp | null>,
): Promise<AppView | null> {
  const view = await inTransaction(context.db, async (tx) => {
    const app = await store(tx);
    if (app === null) return null;
    await recordAppEvent(tx, context, { app, name, by: viewer.username });
    return renderApp(context, app);
  });
  return view;
}

/** Writes down what happened to an app, in the transaction of the change. */
export async function recordAppEvent(
  tx: Db,
  context: HttpContext,
  {
    app,
    ...what
  }: {
    readonly app: DefinedApp;
    readonly name: AppHappening;
    readonly description?: string;
    readonly toldDescription?: string;
    readonly by: string;
  },
): Promise<void> {
  const body = renderApp(context, app);
  await recordResourceEvent(tx, context.newId, { kind: 'app', uuid: app.uuid, ...what, body });
}
