import type { SystemRequest } from '@arras/contract';
import type { Db } from '../../database/connection.ts';
import { listFilePermissions, listUserFilePermissions } from '../../database/file-permissions.ts';
import type { FilePermissionRow } from '../../database/file-tables.ts';
import { findKnownNames } from '../../database/profiles.ts';
import type { ViewedSystem, Viewer } from '../../database/systems.ts';
import { type FileAccess, type FileSpace, judgeFileAccess } from '../../domain/file-access.ts';
import { findSpaceHolders, userRoots } from '../../domain/user-space.ts';

/** What a viewer may do with a clean path of a system. */
export async function judgeAccess(
  db: Db,
  viewer: Viewer,
  system: ViewedSystem,
  path: string,
): Promise<FileAccess> {
  const standing = { role: system.role, isPublic: system.is_public };
  if (system.role === 'OWNER' || system.role === 'ADMIN')
    return judgeFileAccess({ ...standing, space: 'shared', grants: [] });
  const [[space = 'others'], grants] = await Promise.all([
    findSpaces(db, viewer, system, [path]),
    listFilePermissions(db, { systemUuid: system.uuid, path }, viewer.username),
  ]);
  return judgeFileAccess({ ...standing, space, grants });
}

/** What a viewer may do with many clean paths of a system, in their order. */
export async function judgeAll(
  db: Db,
  viewer: Viewer,
  system: ViewedSystem,
  paths: readonly string[],
): Promise<readonly FileAccess[]> {
  const standing = { role: system.role, isPublic: system.is_public };
  if (system.role === 'OWNER' || system.role === 'ADMIN')
    return paths.map(() => judgeFileAccess({ ...standing, space: 'shared', grants: [] }));
  const [spaces, granted] = await Promise.all([
    findSpaces(db, viewer, system, paths),
    listUserFilePermissions(db, system.uuid, viewer.username),
  ]);
  return paths.map((path, index) => {
    const grants = granted.filter((grant) => isGrantedFor(grant, path));
    return judgeFileAccess({ ...standing, space: spaces[index] ?? 'others', grants });
  });
}

function isGrantedFor(grant: Pick<FilePermissionRow, 'path' | 'recursive'>, path: string): boolean {
  return grant.path === path || (grant.recursive && isBelow(path, grant.path));
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** Where clean paths lie for a viewer, in their order. */
async function findSpaces(
  db: Db,
  viewer: Viewer,
  system: ViewedSystem,
  paths: readonly string[],
): Promise<readonly FileSpace[]> {
  const roots = userRoots(directoriesOf(system));
  const holders = paths.map((path) => findSpaceHolders(path, roots));
  const others = holders.flatMap((names) => names ?? []).filter((name) => name !== viewer.username);
  const users = await findKnownNames(db, [...new Set(others)]);
  return holders.map((names) => {
    if (names === null) return 'above';
    if (names.some((name) => name !== viewer.username && users.has(name))) return 'others';
    return names.includes(viewer.username) ? 'own' : 'shared';
  });
}

/** The users in whose own directory a clean path lies. */
export async function findOwners(db: Db, system: ViewedSystem, path: string): Promise<readonly string[]> {
  const names = findSpaceHolders(path, userRoots(directoriesOf(system))) ?? [];
  const users = await findKnownNames(db, names);
  return names.filter((name) => users.has(name));
}

function directoriesOf(system: ViewedSystem) {
  // Written by the system routes from a parsed request, never by hand.
  const definition = system.definition as unknown as SystemRequest;
  const { homeDir } = definition.storage;
  if (definition.type === 'STORAGE') return { homeDir, scratchDir: '', workDir: '' };
  return { homeDir, scratchDir: definition.scratchDir, workDir: definition.workDir };
}
