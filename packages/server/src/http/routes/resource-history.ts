import { APP_EVENT_DESCRIPTIONS, type AppEventId, type SystemEventId } from '@arras/contract';
import { listResourceEvents } from '../../database/resource-events.ts';
import type { ResourceEventRow } from '../../database/tables.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { getViewedApp } from '../get-viewed-app.ts';
import { getViewedSystem } from '../get-viewed-system.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';

/** The one event log of an app: what its subscribers hear. */
export const listAppHistory: Handler<'listAppHistory'> = async ({ context, viewer, params, query }) => {
  const app = await getViewedApp(context.db, viewer, params.id);
  const events = await listResourceEvents(context.db, app.uuid, query);
  const shown = app.can_write ? events : events.map(withoutNames);
  // Made by `recordResourceEvent` as the ids of events of an app.
  return answer(shown.map((event) => ({ id: event.id as AppEventId, ...renderEvent(context, event) })));
};

/** With whom an app is shared is for those who may share it, here as in the list of its permissions. */
function withoutNames(event: ResourceEventRow): ResourceEventRow {
  const { name } = event;
  if (name !== 'PERMISSION_GRANT' && name !== 'PERMISSION_REVOKE') return event;
  return { ...event, description: APP_EVENT_DESCRIPTIONS[name] };
}

/** The one event log of a system. */
export const listSystemHistory: Handler<'listSystemHistory'> = async ({ context, viewer, params, query }) => {
  const system = await getViewedSystem(context.db, viewer, params.id);
  const events = await listResourceEvents(context.db, system.uuid, query);
  // Likewise, of a system.
  return answer(events.map((event) => ({ id: event.id as SystemEventId, ...renderEvent(context, event) })));
};

function renderEvent({ formatTime }: Pick<ViewContext, 'formatTime'>, event: ResourceEventRow) {
  return {
    status: event.name,
    created: formatTime(event.created_at),
    createdBy: event.created_by,
    description: event.description ?? '',
    seq: event.seq,
  };
}
