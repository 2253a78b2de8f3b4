import { ApiError, type QueueRequest, type SystemRequest } from '@arras/contract';
import { inTransaction } from '../../database/connection.ts';
import { updateSystem, type ViewedSystem, type Viewer } from '../../database/systems.ts';
import { recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableSystem, getViewedSystem } from '../get-viewed-system.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { findBadDirectives } from '../queue-directives.ts';
import { answer, done } from '../reply.ts';
import { definitionOf, renderQueue, renderSystem } from '../views/system-view.ts';

const listSystemQueues: Handler<'listSystemQueues'> = async ({ context, viewer, params, query }) => {
  const queues = queuesOf(await getViewedSystem(context.db, viewer, params.id));
  return answer(queues.slice(query.offset, query.offset + query.limit).map(renderQueue));
};

const showSystemQueue: Handler<'showSystemQueue'> = async ({ context, viewer, params }) =>
  answer(renderQueue(getQueue(await getViewedSystem(context.db, viewer, params.id), params.queue)));

const setSystemQueue: Handler<'setSystemQueue'> = async ({ context, viewer, params, body }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  if (params.queue !== undefined && params.queue !== body.name) {
    const message = `expected ${params.queue}, the queue of the address, got ${body.name}`;
    throw new ApiError('request.invalid', { problems: [{ field: 'name', message }] });
  }
  const definition = definitionOf(system);
  const bad = definition.type === 'EXECUTION' ? findBadDirectives(definition.scheduler, body) : null;
  if (bad !== null)
    throw new ApiError('request.invalid', { problems: [{ field: 'customDirectives', message: bad }] });
  const before = queuesOf(system);
  const isNew = before.every(({ name }) => name !== body.name);
  const others = before
    .filter(({ name }) => name !== body.name)
    .map((queue) => (body.default ? { ...queue, default: false } : queue));
  await storeQueues(context, viewer, system, {
    event: isNew ? 'QUEUE_CREATE' : 'QUEUE_UPDATE',
    queues: withDefault([...others, body]),
  });
  return answer(renderQueue(body), { status: isNew ? 201 : 200 });
};

const removeSystemQueue: Handler<'removeSystemQueue'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  const { name } = getQueue(system, params.queue);
  const left = queuesOf(system).filter((queue) => queue.name !== name);
  if (left.length === 0)
    throw new ApiError('conflict', {
      message: `${name} is the last queue of ${system.id}; add another first.`,
    });
  await storeQueues(context, viewer, system, { event: 'QUEUE_DELETE', queues: withDefault(left) });
  return done(`Queue ${name} was deleted.`);
};

function queuesOf(system: ViewedSystem): readonly QueueRequest[] {
  const definition = definitionOf(system);
  return definition.type === 'EXECUTION' ? definition.queues : [];
}

function getQueue(system: ViewedSystem, name: string): QueueRequest {
  const queue = queuesOf(system).find((known) => known.name === name);
  if (queue === undefined) throw new ApiError('queue.not-found');
  return queue;
}

/** Jobs that name no queue need one. */
function withDefault(queues: readonly QueueRequest[]): readonly QueueRequest[] {
  if (queues.some((queue) => queue.default)) return queues;
  return queues.map((queue, index) => ({ ...queue, default: index === 0 }));
}

async function storeQueues(
  context: HttpContext,
  viewer: Viewer,
  system: ViewedSystem,
  change: {
    readonly event: 'QUEUE_CREATE' | 'QUEUE_UPDATE' | 'QUEUE_DELETE';
    readonly queues: readonly QueueRequest[];
  },
): Promise<void> {
  const definition: SystemRequest = definitionOf(system);
  if (definition.type !== 'EXECUTION') throw new ApiError('queue.not-found');
  await inTransaction(context.db, async (tx) => {
    const changed = await updateSystem(tx, system.uuid, {
      definition: { ...definition, queues: change.queues },
      ifRevision: system.revision,
    });
    if (changed === null) throw new ApiError('conflict');
    const body = renderSystem(context, await getViewedSystem(tx, viewer, system.id));
    const { uuid } = system;
    await recordResourceEvent(tx, context.newId, {
      kind: 'system',
      uuid,
      name: change.event,
      body,
      by: viewer.username,
    });
  });
}

/** Operations on the queues of a system. */
export const SYSTEM_QUEUE_HANDLERS: Pick<
  HandlersOf<'Systems'>,
  'listSystemQueues' | 'showSystemQueue' | 'setSystemQueue' | 'removeSystemQueue'
> = { listSystemQueues, showSystemQueue, setSystemQueue, removeSystemQueue };
