import type { SystemUuid, SystemView } from '@arras/contract';
import { type Db, inTransaction } from '../database/connection.ts';
import type { Viewer } from '../database/systems.ts';
import { type ResourceHappening, recordResourceEvent } from '../events/record-resource.ts';
import type { HttpContext } from './context.ts';
import { getViewedSystem } from './get-viewed-system.ts';
import { renderSystem } from './views/system-view.ts';

/** What can happen to a system. */
export type SystemHappening = Extract<ResourceHappening, { kind: 'system' }>['name'];

/** Makes a change and writes down that it happened, both or neither. Null when the change found nothing to change. */
export async function recordedSystem(
  context: HttpContext,
  viewer: Viewer,
  happening: { readonly uuid: SystemUuid; readonly id: string; readonly name: SystemHappening },
  store: (tx: Db) => Promise<unknown>,
): Promise<SystemView | null> {
  const { id, ...what } = happening;
  const view = await inTransaction(context.db, async (tx) => {
    if ((await store(tx)) === null) return null;
    const body = renderSystem(context, await getViewedSystem(tx, viewer, id));
    await recordResourceEvent(tx, context.newId, { kind: 'system', ...what, body, by: viewer.username });
    return body;
  });
  return view;
}
