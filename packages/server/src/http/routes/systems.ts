import {
  ApiError,
  describeValue,
  SYSTEM_SEARCH_FIELDS,
  SYSTEM_TYPES,
  type SystemRequest,
  type SystemSummary,
  type SystemType,
  type SystemUpdate,
  type SystemView,
} from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import { listViewedSystems } from '../../database/list-systems.ts';
import {
  findSystem,
  findViewedSystem,
  insertSystem,
  updateSystem as storeChange,
  type ViewedSystem,
  type Viewer,
} from '../../database/systems.ts';
import { recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableSystem, getViewedSystem } from '../get-viewed-system.ts';
import type { Handler, HandlersOf, UpdateHandler } from '../handler.ts';
import { readSearch, readSearchOrder, refuseBadPattern } from '../read-search.ts';
import { recordedSystem } from '../record-system.ts';
import { checkSystem, storeSecrets, toDefinition } from '../registered-system.ts';
import { answer, done } from '../reply.ts';
import { readPresentation } from '../send-reply.ts';
import { withHealth } from '../views/system-health-view.ts';
import { renderSystem, renderSystemSummary } from '../views/system-view.ts';
import { actOnSystem } from './act-on-system.ts';
import { listSystemHistory } from './resource-history.ts';
import { SYSTEM_CREDENTIAL_HANDLERS } from './system-credentials.ts';
import { SYSTEM_QUEUE_HANDLERS } from './system-queues.ts';
import { SYSTEM_ROLE_HANDLERS } from './system-roles.ts';

/** With `filter` the rows are whole systems. */
const listSystems: Handler<'listSystems'> = async ({ context, viewer, query, raw }) => {
  const systems = await listViewedSystems(context.db, viewer, {
    terms: readSearch(context, viewer, { fields: SYSTEM_SEARCH_FIELDS, query: raw.request.query }),
    type: readType(query.type),
    isPublic: query.publicOnly ? true : null,
    limit: query.limit,
    offset: query.offset,
    ...readSearchOrder(query, SYSTEM_SEARCH_FIELDS),
  }).catch(refuseBadPattern);
  const isWhole = readPresentation(raw.request).filter !== null;
  const views: (SystemView | SystemSummary)[] = systems.map((system) =>
    isWhole ? renderSystem(context, system) : renderSystemSummary(context, system),
  );
  return answer(await withHealth(context, views));
};

function readType(given: string | undefined): SystemType | null {
  if (given === undefined) return null;
  const type = SYSTEM_TYPES.find((known) => known === given.toUpperCase());
  if (type !== undefined) return type;
  const message = `expected execution or storage, got ${describeValue(given)}`;
  throw new ApiError('request.bad-query', { problems: [{ field: 'type', message }] });
}

const createSystem: Handler<'createSystem'> = async ({ context, viewer, body }) => {
  const { id, type, available } = body;
  const existing = await findSystem(context.db, id);
  const checked = await checkSystem(context, viewer, body, existing);
  const definition = toDefinition(checked, id);
  const system = {
    uuid: context.newId('system'),
    id,
    owner: viewer.username,
    type,
    available,
    trusted: viewer.isAdmin,
    definition: JSON.stringify(definition),
  };
  const made = await recordedSystem(
    context,
    viewer,
    { uuid: system.uuid, id, name: 'CREATED' },
    async (tx) => {
      const inserted = await insertSystem(tx, system);
      if (inserted !== null) await storeSecrets(tx, context, inserted.uuid, body);
      return inserted;
    },
  );
  if (made !== null) return answer(made);
  // Ids of deleted systems and of systems of others are taken.
  if ((await findViewedSystem(context.db, viewer, id)) === null) throw new ApiError('system.exists');
  const known = await getChangeableSystem(context.db, viewer, id);
  return answer(await change(context, viewer, known, { type, available, definition, given: body }), {
    status: 200,
  });
};

const showSystem: Handler<'showSystem'> = async ({ context, viewer, params }) => {
  const view: SystemView = renderSystem(context, await getViewedSystem(context.db, viewer, params.id));
  const [shown = view] = await withHealth(context, [view]);
  return answer(shown);
};

const updateSystem: UpdateHandler<'updateSystem'> = {
  async loadStored({ context, viewer, params }) {
    const system = await getChangeableSystem(context.db, viewer, params.id);
    return { ...system.definition, available: system.available };
  },
  async handle({ context, viewer, params, body }) {
    if (body.id !== undefined && body.id !== params.id) {
      const message = `cannot change: expected ${params.id} or nothing, got ${describeValue(body.id)}`;
      throw new ApiError('request.invalid', { problems: [{ field: 'id', message }] });
    }
    const known = await getChangeableSystem(context.db, viewer, params.id);
    const checked = await checkSystem(context, viewer, body, known);
    const { type, available } = body;
    const definition = toDefinition(checked, known.id);
    return answer(await change(context, viewer, known, { type, available, definition, given: body }));
  },
};

/** Jobs that are on the system go on, and its id stays taken. */
const deleteSystem: Handler<'deleteSystem'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  const { uuid } = system;
  await inTransaction(context.db, async (tx) => {
    if ((await storeChange(tx, uuid, { deleted: true })) === null) throw new ApiError('system.not-found');
    const body = renderSystem(context, system);
    await recordResourceEvent(tx, context.newId, {
      kind: 'system',
      uuid,
      name: 'DELETED',
      body,
      by: viewer.username,
    });
  });
  return done(`System ${system.id} was deleted.`);
};

async function change(
  context: HttpContext,
  viewer: Viewer,
  known: ViewedSystem,
  to: {
    readonly type: SystemType;
    readonly available: boolean;
    readonly definition: Record<string, unknown>;
    readonly given: SystemRequest | SystemUpdate;
  },
) {
  if (to.type !== known.type) {
    const message = `cannot change: expected ${known.type}, got ${describeValue(to.type)}`;
    throw new ApiError('request.invalid', { problems: [{ field: 'type', message }] });
  }
  const { available, definition } = to;
  const { uuid, id, revision } = known;
  const trusted = viewer.isAdmin;
  const view = await recordedSystem(context, viewer, { uuid, id, name: 'UPDATED' }, async (tx) => {
    const changed = await storeChange(tx, uuid, { available, definition, trusted, ifRevision: revision });
    if (changed !== null) await storeSecrets(tx, context, uuid, to.given);
    return changed;
  });
  if (view === null) throw new ApiError('conflict');
  return view;
}

/** Operations on systems. */
export const SYSTEM_HANDLERS: HandlersOf<'Systems'> = {
  listSystems,
  createSystem,
  showSystem,
  updateSystem,
  deleteSystem,
  actOnSystem,
  listSystemHistory,
  ...SYSTEM_QUEUE_HANDLERS,
  ...SYSTEM_CREDENTIAL_HANDLERS,
  ...SYSTEM_ROLE_HANDLERS,
};
