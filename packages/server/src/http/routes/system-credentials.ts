import { ApiError, type CredentialView, openSshProblems } from '@arras/contract';
import { sealSystemSecrets } from '../../auth/system-secrets.ts';
import { type Db, inTransaction } from '../../database/connection.ts';
import {
  listSystemCredentials as listStored,
  removeSystemCredentials as removeStored,
  setSystemCredentials as store,
} from '../../database/system-credentials.ts';
import { updateSystem, type ViewedSystem, type Viewer } from '../../database/systems.ts';
import type { SystemCredentialRow } from '../../database/tables.ts';
import { recordResourceEvent } from '../../events/record-resource.ts';
import type { HttpContext } from '../context.ts';
import { getChangeableSystem, getViewedSystem } from '../get-viewed-system.ts';
import type { Handler, HandlersOf } from '../handler.ts';
import { answer, done } from '../reply.ts';
import { linkTo } from '../views/links.ts';
import { definitionOf, renderSystem } from '../views/system-view.ts';

const listSystemCredentials: Handler<'listSystemCredentials'> = async ({
  context,
  viewer,
  params,
  query,
}) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  const rows = await listStored(context.db, system.uuid);
  return answer(
    rows
      .slice(query.offset, query.offset + query.limit)
      .map((row) => renderCredential(context, system.id, row)),
  );
};

const setSystemCredentials: Handler<'setSystemCredentials'> = async ({ context, viewer, params, body }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  const { connection, auth } = body;
  const block = connectionOf(system, connection);
  if (auth.type !== block.auth.type) {
    const message = `expected ${block.auth.type}, which the system was registered with, got ${auth.type}; update the system to change it`;
    throw new ApiError('request.invalid', { problems: [{ field: 'auth.type', message }] });
  }
  if (block.transport === 'OPENSSH') {
    const problems = openSshProblems(auth).map(({ field, message }) => ({ field: `auth.${field}`, message }));
    if (problems.length > 0) throw new ApiError('request.invalid', { problems });
  }
  const sealed = sealSystemSecrets(context.secrets, { uuid: system.uuid, connection }, auth);
  if (sealed === null) {
    const message = `expected the secrets of the type ${auth.type}, got none`;
    throw new ApiError('request.invalid', { problems: [{ field: 'auth', message }] });
  }
  const row = await inTransaction(context.db, async (tx) => {
    const { type, username = null } = auth;
    const stored = await store(tx, system.uuid, { connection, type, username, sealed });
    await recordChange(context, tx, viewer, system, {
      name: 'UPDATE_CREDENTIAL',
      definition: {
        ...system.definition,
        [connection]: { ...block, auth: { ...block.auth, ...(username !== null && { username }) } },
      },
    });
    return stored;
  });
  return answer(renderCredential(context, system.id, row));
};

const removeSystemCredentials: Handler<'removeSystemCredentials'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  await inTransaction(context.db, async (tx) => {
    if (!(await removeStored(tx, system.uuid, params.connection)))
      throw new ApiError('credentials.not-found');
    await recordChange(context, tx, viewer, system, {
      name: 'REMOVE_CREDENTIAL',
      definition: system.definition,
    });
  });
  return done(`Credentials of ${params.connection} were removed.`);
};

const clearSystemCredentials: Handler<'clearSystemCredentials'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  await inTransaction(context.db, async (tx) => {
    let isChanged = false;
    for (const connection of ['login', 'storage'] as const)
      isChanged = (await removeStored(tx, system.uuid, connection)) || isChanged;
    if (isChanged)
      await recordChange(context, tx, viewer, system, {
        name: 'CLEAR_CREDENTIALS',
        definition: system.definition,
      });
  });
  return done(`The system ${system.id} has no credentials now.`);
};

function connectionOf(system: ViewedSystem, connection: 'login' | 'storage') {
  const definition = definitionOf(system);
  const block =
    connection === 'storage'
      ? definition.storage
      : definition.type === 'EXECUTION'
        ? definition.login
        : undefined;
  if (block !== undefined) return block;
  const message = 'expected storage: a storage system has no login';
  throw new ApiError('request.invalid', { problems: [{ field: 'connection', message }] });
}

/** The revision rises with the credentials, so that every process enters the host with the new ones. */
async function recordChange(
  context: HttpContext,
  tx: Db,
  viewer: Viewer,
  system: ViewedSystem,
  change: {
    readonly name: 'UPDATE_CREDENTIAL' | 'REMOVE_CREDENTIAL' | 'CLEAR_CREDENTIALS';
    readonly definition: Record<string, unknown>;
  },
): Promise<void> {
  const { uuid, revision } = system;
  const { name, definition } = change;
  if ((await updateSystem(tx, uuid, { definition, ifRevision: revision })) === null)
    throw new ApiError('conflict');
  const body = renderSystem(context, await getViewedSystem(tx, viewer, system.id));
  await recordResourceEvent(tx, context.newId, { kind: 'system', uuid, name, body, by: viewer.username });
}

function renderCredential(context: HttpContext, systemId: string, row: SystemCredentialRow): CredentialView {
  return {
    connection: row.connection,
    type: row.type,
    username: row.username,
    lastUpdated: context.formatTime(row.updated_at),
    _links: {
      self: linkTo(context, 'systems', 'v2', systemId, 'credentials', row.connection),
      system: linkTo(context, 'systems', 'v2', systemId),
    },
  };
}

const checkSystem: Handler<'checkSystem'> = async ({ context, viewer, params }) => {
  const system = await getChangeableSystem(context.db, viewer, params.id);
  return answer([...(await context.hosts.checkSystem(system))]);
};

/** Operations on the credentials of a system, and its check. */
export const SYSTEM_CREDENTIAL_HANDLERS: Pick<
  HandlersOf<'Systems'>,
  | 'listSystemCredentials'
  | 'setSystemCredentials'
  | 'clearSystemCredentials'
  | 'removeSystemCredentials'
  | 'checkSystem'
> = {
  listSystemCredentials,
  setSystemCredentials,
  clearSystemCredentials,
  removeSystemCredentials,
  checkSystem,
};
