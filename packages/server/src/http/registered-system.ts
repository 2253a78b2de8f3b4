import {
  ApiError,
  AUTH_NEEDS,
  type AuthRequest,
  type FieldProblem,
  type SystemRequest,
  type SystemUpdate,
  type SystemUuid,
  UNSUPPORTED_PROTOCOLS,
} from '@arras/contract';
import { sealSystemSecrets, withoutSecrets } from '../auth/system-secrets.ts';
import type { Db } from '../database/connection.ts';
import { listSystemCredentials, setSystemCredentials } from '../database/system-credentials.ts';
import type { Viewer } from '../database/systems.ts';
import type { SystemConnection, SystemRow } from '../database/tables.ts';
import { isHostLocal, usesOpenSsh } from '../domain/access.ts';
import { SCHEDULER_NAMES } from '../execution/schedulers.ts';
import { openStorage, STORAGE_PROTOCOLS } from '../storage/by-protocol.ts';
import { StorageError } from '../storage/storage.ts';
import type { HttpContext } from './context.ts';
import { findBadDirectives } from './queue-directives.ts';

/** What this version can use of the words that the contract knows. */
const SUPPORTED: Readonly<Record<'storage' | 'login' | 'scheduler', readonly string[]>> = {
  storage: STORAGE_PROTOCOLS,
  login: ['LOCAL', 'SSH'],
  scheduler: SCHEDULER_NAMES,
};

/** A system as given, whole. */
type Given = SystemRequest | SystemUpdate;

/** One of the ways into a system as given. */
type GivenConnection = Given['storage'];

/** A system that may be stored: with the keys by which its hosts are known. */
export interface CheckedSystem {
  readonly given: Given;
  readonly hostKeys: ReadonlyMap<SystemConnection, readonly string[]>;
}

/**
 * Checks what the schema cannot: whether this version can use the system, whether the caller may register it, whether
 * its files are there, and which keys its hosts show. Throws ApiError.
 */
export async function checkSystem(
  context: Pick<HttpContext, 'hosts'>,
  viewer: Viewer,
  given: Given,
  known: SystemRow | null,
): Promise<CheckedSystem> {
  refuse(findUnsupported(given));
  refuse(findBadQueues(given));
  if (isHostLocal({ storage: given.storage, login: loginOf(given) }) && !viewer.isAdmin)
    throw new ApiError('system.host-local-needs-admin');
  if (usesOpenSsh({ storage: given.storage, login: loginOf(given) }) && !viewer.isAdmin)
    throw new ApiError('system.openssh-needs-admin');
  if (given.storage.protocol === 'LOCAL') refuse(await findMissingRoot(given));
  const hostKeys = new Map<SystemConnection, readonly string[]>();
  for (const [connection, block] of connectionsOf(given)) {
    if (!ENTERED_OVER_SSH.has(block.protocol)) continue;
    hostKeys.set(connection, await findHostKeys(context, viewer, block, knownConnection(known, connection)));
  }
  return { given, hostKeys };
}

const ENTERED_OVER_SSH: ReadonlySet<string> = new Set(['SSH', 'SFTP']);

function loginOf(given: Given) {
  return given.type === 'EXECUTION' ? given.login : undefined;
}

function connectionsOf(given: Given): [SystemConnection, GivenConnection][] {
  const login = loginOf(given);
  const storage: [SystemConnection, GivenConnection] = ['storage', given.storage];
  return login === undefined ? [storage] : [['login', login as GivenConnection], storage];
}

function knownConnection(known: SystemRow | null, connection: SystemConnection): GivenConnection | null {
  const definition = known?.definition as Readonly<Record<string, GivenConnection | undefined>> | undefined;
  return definition?.[connection] ?? null;
}

/** The keys that were given, else those that are pinned already for the same host, else those that it shows now. */
async function findHostKeys(
  { hosts }: Pick<HttpContext, 'hosts'>,
  viewer: Viewer,
  block: GivenConnection,
  known: GivenConnection | null,
): Promise<readonly string[]> {
  if (block.hostKeys !== undefined && block.hostKeys.length > 0) return block.hostKeys;
  const isSameHost = known !== null && known.host === block.host && known.port === block.port;
  if (isSameHost && known.hostKeys !== undefined && known.hostKeys.length > 0) return known.hostKeys;
  const where = { host: block.host ?? '', port: block.port ?? 22 };
  if (block.proxy !== undefined)
    throw new ApiError('precondition.failed', {
      message: `${where.host} is behind a proxy, so that its keys cannot be seen without entering that. Give hostKeys of the host and of the proxy, as ssh-keyscan prints them.`,
    });
  const shown = await hosts.showHostKeys({ ...where, via: null }, { trusted: viewer.isAdmin });
  if (shown.kind === 'shown') return shown.hostKeys;
  throw new ApiError('precondition.failed', {
    message: `${where.host}:${where.port} does not show a host key: ${shown.reason}. Give hostKeys, or register the system when the host can be reached.`,
  });
}

/** What is stored of a system: never a secret. */
export function toDefinition({ given, hostKeys }: CheckedSystem, id: string): Record<string, unknown> {
  const shown = (connection: SystemConnection, block: GivenConnection) => ({
    ...block,
    auth: withoutSecrets(block.auth),
    ...(hostKeys.has(connection) && { hostKeys: hostKeys.get(connection) }),
  });
  const storage = shown('storage', given.storage);
  if (given.type === 'STORAGE') return { ...given, id, storage };
  return { ...given, id, storage, login: shown('login', given.login as GivenConnection) };
}

/**
 * Seals and stores the secrets that were given. A connection without new ones keeps those it has, as long as they are
 * of the same kind. Throws ApiError when it needs some and has none.
 */
export async function storeSecrets(
  tx: Db,
  context: Pick<HttpContext, 'secrets'>,
  uuid: SystemUuid,
  given: Given,
): Promise<void> {
  const kept = await listSystemCredentials(tx, uuid);
  const problems: FieldProblem[] = [];
  for (const [connection, { auth }] of connectionsOf(given)) {
    if (await storeSecret(tx, context, { uuid, connection }, auth)) continue;
    const isKept = kept.some((row) => row.connection === connection && row.type === auth.type);
    const needed = AUTH_NEEDS[auth.type].filter((field) => field !== 'username');
    if (isKept || auth.server !== undefined || needed.length === 0) continue;
    const message = `is required: the system has no credentials of the type ${auth.type}`;
    problems.push(...needed.map((field) => ({ field: `${connection}.auth.${field}`, message })));
  }
  refuse(problems);
}

/** Returns false when the authentication has no secrets. */
async function storeSecret(
  tx: Db,
  { secrets }: Pick<HttpContext, 'secrets'>,
  place: { readonly uuid: SystemUuid; readonly connection: SystemConnection },
  auth: AuthRequest,
): Promise<boolean> {
  const sealed = sealSystemSecrets(secrets, place, auth);
  if (sealed === null) return false;
  const { connection } = place;
  const { type, username = null } = auth;
  await setSystemCredentials(tx, place.uuid, { connection, type, username, sealed });
  return true;
}

/** Refused here and not later, so that no secret is stored that nothing can use. */
function findUnsupported(given: Given): FieldProblem[] {
  const chosen = [
    ['storage.protocol', given.storage.protocol, SUPPORTED.storage],
    ['login.protocol', loginOf(given)?.protocol, SUPPORTED.login],
    ['scheduler', given.type === 'EXECUTION' ? given.scheduler : undefined, SUPPORTED.scheduler],
  ] as const;
  return chosen.flatMap(([field, word, supported]) =>
    word === undefined || supported.includes(word) ? [] : [{ field, message: unsupported(word, supported) }],
  );
}

function unsupported(word: string, supported: readonly string[]): string {
  const known: Readonly<Record<string, string | undefined>> = UNSUPPORTED_PROTOCOLS;
  const instead = known[word];
  const hint = instead === undefined ? '' : `; ${instead}`;
  return `${word} is not supported by this version; expected ${supported.join(' or ')}${hint}`;
}

function findBadQueues(given: Given): FieldProblem[] {
  if (given.type !== 'EXECUTION') return [];
  return given.queues.flatMap((queue, index) => {
    const message = findBadDirectives(given.scheduler, queue);
    return message === null ? [] : [{ field: `queues.${index}.customDirectives`, message }];
  });
}

async function findMissingRoot({ storage: block }: Given): Promise<FieldProblem[]> {
  const storage = openStorage(block);
  try {
    if ((await storage.find('/'))?.type === 'dir') return [];
    return [{ field: 'storage.rootDir', message: `${block.rootDir} is not a directory` }];
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return [{ field: 'storage.rootDir', message: error.message }];
  } finally {
    await storage.close();
  }
}

function refuse(problems: readonly FieldProblem[]): void {
  if (problems.length > 0) throw new ApiError('request.invalid', { problems });
}
