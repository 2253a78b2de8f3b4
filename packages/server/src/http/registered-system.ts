import { ApiError, type FieldProblem, type SystemRequest, type SystemUpdate } from '@arras/contract';
import type { Viewer } from '../database/systems.ts';
import { isHostLocal } from '../domain/access.ts';
import { fork } from '../execution/fork.ts';
import { openStorage, STORAGE_PROTOCOLS } from '../storage/by-protocol.ts';
import { StorageError } from '../storage/storage.ts';

/** What this version can use of the words that the contract knows. */
const SUPPORTED: Readonly<Record<'storage' | 'login' | 'scheduler', readonly string[]>> = {
  storage: STORAGE_PROTOCOLS,
  login: ['LOCAL'],
  scheduler: [fork.name],
};

/** A system as given, whole. */
type Given = SystemRequest | SystemUpdate;

/**
 * Checks what the schema cannot: whether this version can use the system, whether the caller may register it, and
 * whether its files are there. Throws ApiError.
 */
export async function checkSystem(viewer: Viewer, system: Given): Promise<void> {
  refuse(findUnsupported(system));
  if (isHostLocal(connectionsOf(system)) && !viewer.isAdmin)
    throw new ApiError('system.host-local-needs-admin');
  refuse(await findMissingRoot(system));
}

/** What is stored of a system: never a secret. Those that can be used so far need none. */
export function toDefinition(system: Given, id: string): Record<string, unknown> {
  const storage = { ...system.storage, auth: { type: system.storage.auth.type } };
  if (system.type === 'STORAGE') return { ...system, id, storage };
  return { ...system, id, storage, login: { ...system.login, auth: { type: system.login.auth.type } } };
}

function connectionsOf(system: Given) {
  return { storage: system.storage, login: system.type === 'EXECUTION' ? system.login : undefined };
}

/** Refused here and not later, so that no secret is stored that nothing can use. */
function findUnsupported(system: Given): FieldProblem[] {
  const { storage, login } = connectionsOf(system);
  const chosen = [
    ['storage.protocol', storage.protocol, SUPPORTED.storage],
    ['login.protocol', login?.protocol, SUPPORTED.login],
    ['scheduler', system.type === 'EXECUTION' ? system.scheduler : undefined, SUPPORTED.scheduler],
  ] as const;
  return chosen.flatMap(([field, word, supported]) =>
    word === undefined || supported.includes(word)
      ? []
      : [{ field, message: `${word} is not supported by this version; expected ${supported.join(' or ')}` }],
  );
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
