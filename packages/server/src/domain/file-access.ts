import type { SystemRole } from '@arras/contract';

/**
 * Where a clean path of a system lies for somebody: in the directory that bears their name, in that of another user, in
 * none that bears the name of a user, or above all of these.
 */
export type FileSpace = 'own' | 'others' | 'shared' | 'above';

/** What decides about somebody and a path. */
export interface FileStanding {
  readonly role: SystemRole;
  readonly isPublic: boolean;
  readonly space: FileSpace;
  /** What was granted to them for the path or, recursively, for a directory above it. */
  readonly grants: readonly { readonly can_read: boolean; readonly can_write: boolean }[];
}

/** What somebody may do with a path. */
export interface FileAccess {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** May list it, although of its entries only those are shown that they may look in themselves. */
  readonly mayLookIn: boolean;
  /** May grant others something for it. */
  readonly mayShare: boolean;
}

/**
 * Owners and administrators of a system may do everything. Other users read all but the directories of other users, and
 * write in their own; beyond it only on systems that are not public, and never as GUEST. A grant adds to that.
 */
export function judgeFileAccess({ role, isPublic, space, grants }: FileStanding): FileAccess {
  if (role === 'OWNER' || role === 'ADMIN')
    return { mayRead: true, mayWrite: true, mayLookIn: true, mayShare: true };
  const isOpen = space === 'own' || space === 'shared';
  const mayRead = isOpen || grants.some((grant) => grant.can_read);
  const isWritable = space === 'own' || (space === 'shared' && !isPublic);
  return {
    mayRead,
    mayWrite: (role !== 'GUEST' && isWritable) || grants.some((grant) => grant.can_write),
    mayLookIn: mayRead || space === 'above',
    mayShare: role !== 'GUEST' && space === 'own',
  };
}
