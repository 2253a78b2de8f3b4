import { ApiError, MAX_UUIDS, type UuidView } from '@arras/contract';
import { callForResult } from '../call-operation.ts';
import { findOperation } from '../find-operation.ts';
import type { Handler, HandlerRequest, HandlersOf } from '../handler.ts';
import { answer } from '../reply.ts';
import { findResource, type Resource } from '../resources/find-resource.ts';

type Request = HandlerRequest<'listUuids'> | HandlerRequest<'showUuid'>;

const listUuids: Handler<'listUuids'> = async (request) => {
  const { context, viewer, query } = request;
  const asked = (query['uuids.eq'] ?? query.uuids ?? '').split(',').map((uuid) => uuid.trim());
  const uuids = [...new Set(asked.filter((uuid) => uuid !== ''))];
  if (uuids.length === 0 || uuids.length > MAX_UUIDS) {
    const message = `expected 1 to ${MAX_UUIDS} uuids with commas between them, got ${uuids.length}`;
    throw new ApiError('request.bad-query', { problems: [{ field: 'uuids.eq', message }] });
  }
  const views: UuidView[] = [];
  // One after the other: a request must not take all connections to the database.
  for (const uuid of uuids) {
    const resource = await findResource(context, viewer, uuid);
    if (resource !== null) views.push(await renderResource(request, resource, query.expand));
  }
  return answer(views);
};

const showUuid: Handler<'showUuid'> = async (request) => {
  const resource = await findResource(request.context, request.viewer, request.params.uuid);
  if (resource === null) throw new ApiError('uuid.not-found');
  return answer(await renderResource(request, resource, request.query.expand));
};

async function renderResource(
  request: Request,
  { uuid, type, href }: Resource,
  expand: boolean,
): Promise<UuidView> {
  const _links = { [type.toLowerCase()]: { href } };
  return { uuid, type, ...(expand && { resource: await readResource(request, href) }), _links };
}

/** What the caller gets at the address; nothing of a file, whose content is no JSON. */
async function readResource({ context, viewer, raw }: Request, href: string): Promise<unknown> {
  const target = href.slice(context.publicUrl().length).replace('/files/v2/media/', '/files/v2/listings/');
  const found = findOperation(target);
  return found === null ? undefined : callForResult(context, { found, target, viewer, raw });
}

/** Operations that say what a uuid names. */
export const UUID_HANDLERS: HandlersOf<'Uuids'> = { listUuids, showUuid };
