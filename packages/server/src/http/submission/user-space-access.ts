import type { SystemRequest } from '@arras/contract';
import type { Db } from '../../database/connection.ts';
import { findProfile } from '../../database/profiles.ts';
import type { ViewedSystem, Viewer } from '../../database/systems.ts';
import { findSpaceHolders, userRoots } from '../../domain/user-space.ts';

/**
 * Whether a viewer may use a clean path of a system. Owners and administrators of the system may use all of it;
 * everyone else all but the directories that bear another user's name, and those above them.
 */
export async function mayUsePath(
  db: Db,
  viewer: Viewer,
  system: ViewedSystem,
  path: string,
): Promise<boolean> {
  if (system.role === 'OWNER' || system.role === 'ADMIN') return true;
  const holders = findSpaceHolders(path, userRoots(directoriesOf(system)));
  if (holders === null) return false;
  const others = holders.filter((name) => name !== viewer.username);
  const profiles = await Promise.all(others.map((name) => findProfile(db, name)));
  return profiles.every((profile) => profile === null);
}

function directoriesOf(system: ViewedSystem) {
  // Written by the system routes from a parsed request, never by hand.
  const definition = system.definition as unknown as SystemRequest;
  const { homeDir } = definition.storage;
  if (definition.type === 'STORAGE') return { homeDir, scratchDir: '', workDir: '' };
  return { homeDir, scratchDir: definition.scratchDir, workDir: definition.workDir };
}
