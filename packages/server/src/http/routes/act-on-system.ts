import { ApiError, type SYSTEM_ACTIONS, type SystemView } from '@arras/contract';
import { type Db, inTransaction } from '../../database/connection.ts';
import { endUnseenOfSystem } from '../../database/subscription-access.ts';
import { removeSystemCredentials } from '../../database/system-credentials.ts';
import {
  removeSystemRoles,
  setGlobalDefault,
  setUserDefault,
  updateSystem,
  type ViewedSystem,
  type Viewer,
} from '../../database/systems.ts';
import { mayUseSystem, type SystemUse } from '../../domain/access.ts';
import { recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import { endUnreadable } from '../files/readable-file.ts';
import { getViewedSystem } from '../get-viewed-system.ts';
import type { Handler } from '../handler.ts';
import type { SystemHappening } from '../record-system.ts';
import { answer } from '../reply.ts';
import { recordEnded } from '../subscriptions/record.ts';
import { renderSystem } from '../views/system-view.ts';
import { cloneSystem } from './clone-system.ts';

type Action = (typeof SYSTEM_ACTIONS)[number];

/** An action: who may ask for it, and what it does. */
interface ActionRule {
  /** `admin`: of the service, because the action concerns everybody. */
  readonly needs: SystemUse | 'admin';
  /** What subscribers of the system hear; nothing where only a preference changes. */
  readonly event?: SystemHappening;
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
  erase: { needs: 'admin', event: 'ERASED', act: erase },
} as const satisfies Record<Exclude<Action, 'clone'>, ActionRule>;

/** Acts on a system. Asking for what is so already changes nothing that can be seen. */
export const actOnSystem: Handler<'actOnSystem'> = async ({ context, viewer, params, body }) => {
  const { action, id = '' } = body;
  if (action === 'clone')
    return answer(await cloneSystem(context, viewer, { sourceId: params.id, id }), { status: 201 });
  const system = await getViewedSystem(context.db, viewer, params.id);
  const rule: ActionRule = ACTIONS[action];
  if (rule.needs === 'admin' && !viewer.isAdmin) throw new ApiError('access.admin-only');
  if (rule.needs !== 'admin' && !mayUseSystem(system.role, rule.needs))
    throw new ApiError('access.forbidden');
  return answer(await inTransaction(context.db, (tx) => act(tx, context, { system, viewer, rule })));
};

async function act(
  tx: Db,
  context: HttpContext,
  {
    system,
    viewer,
    rule,
  }: { readonly system: ViewedSystem; readonly viewer: Viewer; readonly rule: ActionRule },
): Promise<SystemView> {
  const { uuid } = system;
  const by = viewer.username;
  await rule.act(tx, system, viewer);
  // Whoever erases a system is shown it once more, as it was.
  const isGone = rule.event === 'ERASED';
  const body = renderSystem(context, isGone ? system : await getViewedSystem(tx, viewer, system.id));
  if (rule.event === undefined) return body;
  await recordResourceEvent(tx, context.newId, { kind: 'system', uuid, name: rule.event, body, by });
  if (rule.event === 'UNPUBLISH') {
    await recordEnded(context, tx, await endUnseenOfSystem(tx, uuid), by);
    await endUnreadable(tx, context, { systemUuid: uuid, path: '/' }, by);
  }
  return body;
}

/** Deletes a system with all that lets somebody in. Its id stays taken: jobs and addresses go on naming it. */
async function erase(tx: Db, { uuid }: ViewedSystem): Promise<void> {
  for (const connection of ['login', 'storage'] as const) await removeSystemCredentials(tx, uuid, connection);
  await removeSystemRoles(tx, uuid);
  if ((await updateSystem(tx, uuid, { deleted: true })) === null) throw new ApiError('system.not-found');
}
