import { ApiError, type SYSTEM_ACTIONS } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { endUnseenOfSystem } from '../../database/subscription-access.ts';
import {
  setGlobalDefault,
  setUserDefault,
  updateSystem,
  type ViewedSystem,
  type Viewer,
} from '../../database/systems.ts';
import { mayUseSystem, type SystemUse } from '../../domain/access.ts';
import { type ResourceHappening, recordResourceEvent } from '../../events/record-resource.ts';
import { endUnreadable } from '../files/readable-file.ts';
import { getViewedSystem } from '../get-viewed-system.ts';
import type { Handler } from '../handler.ts';
import { answer } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderSystem } from '../views/system-view.ts';

type Action = (typeof SYSTEM_ACTIONS)[number];

/** An action: who may ask for it, and what it does. */
interface ActionRule {
  /** `admin`: of the service, because the action concerns everybody. */
  readonly needs: SystemUse | 'admin';
  /** What subscribers of the system hear; nothing where only a preference changes. */
  readonly event?: Extract<ResourceHappening, { kind: 'system' }>['name'];
  readonly act: (db: Db, system: ViewedSystem, viewer: Viewer) => Promise<unknown>;
}

const ACTIONS = {
  enable: {
    needs: 'change',
    event: 'ENABLED',
    act: (db, system) => updateSystem(db, system.uuid, { available: true }),
  },
  disable: {
    needs: 'change',
    event: 'DISABLED',
    act: (db, system) => updateSystem(db, system.uuid, { available: false }),
  },
  publish: {
    needs: 'admin',
    event: 'PUBLISH',
    act: (db, system) => updateSystem(db, system.uuid, { is_public: true }),
  },
  unpublish: {
    needs: 'admin',
    event: 'UNPUBLISH',
    act: (db, system) => updateSystem(db, system.uuid, { is_public: false }),
  },
  setDefault: { needs: 'run', act: (db, system, { username }) => setUserDefault(db, username, system, true) },
  unsetDefault: {
    needs: 'run',
    act: (db, system, { username }) => setUserDefault(db, username, system, false),
  },
  setGlobalDefault: { needs: 'admin', act: (db, system) => setGlobalDefault(db, system, true) },
  unsetGlobalDefault: { needs: 'admin', act: (db, system) => setGlobalDefault(db, system, false) },
} as const satisfies Record<Action, ActionRule>;

/** Enables, disables, publishes or prefers a system. Asking for what is so already changes nothing that can be seen. */
export const actOnSystem: Handler<'actOnSystem'> = async ({ context, viewer, params, body }) => {
  const system = await getViewedSystem(context.db, viewer, params.id);
  const { needs, event, act }: ActionRule = ACTIONS[body.action];
  if (needs === 'admin' && !viewer.isAdmin) throw new ApiError('access.admin-only');
  if (needs !== 'admin' && !mayUseSystem(system.role, needs)) throw new ApiError('access.forbidden');
  const view = await inTransaction(context.db, async (tx) => {
    await act(tx, system, viewer);
    const body = renderSystem(context, await getViewedSystem(tx, viewer, params.id));
    if (event === undefined) return body;
    const { uuid } = system;
    await recordResourceEvent(tx, context.newId, {
      kind: 'system',
      uuid,
      name: event,
      body,
      by: viewer.username,
    });
    if (event === 'UNPUBLISH') {
      await recordEnded(context, tx, await endUnseenOfSystem(tx, uuid), viewer.username);
      await endUnreadable(tx, context, { systemUuid: uuid, path: '/' }, viewer.username);
    }
    return body;
  });
  return answer(view);
};
