import { WORLD } from '@arras/contract';

/** A permission on a job that was given to a user or to everybody. */
export interface JobGrant {
  readonly username: string;
  readonly can_read: boolean;
  readonly can_write: boolean;
}

/** What somebody may do with a job that exists for them. */
export interface JobVerdict {
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
}

/** The names under which a user has permissions: their own and everybody's. */
export function namesOf(username: string): readonly string[] {
  return [username, WORLD];
}

/**
 * What the viewer may do with a job; null: for them it does not exist (S1), because it is hidden, or neither theirs nor
 * shared with them. `grants` are those of the job, at least the viewer's.
 */
export function judgeJobAccess(
  viewer: { readonly username: string; readonly isAdmin: boolean },
  job: { readonly owner: string; readonly visible: boolean },
  grants: readonly JobGrant[],
): JobVerdict | null {
  if (!job.visible) return null;
  if (viewer.isAdmin || job.owner === viewer.username) return { mayRead: true, mayWrite: true };
  const names = namesOf(viewer.username);
  const own = grants.filter(({ username }) => names.includes(username));
  if (own.length === 0) return null;
  return {
    mayRead: own.some((grant) => grant.can_read),
    mayWrite: own.some((grant) => grant.can_write),
  };
}
