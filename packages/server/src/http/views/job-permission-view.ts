import type { JobId, JobPermissionView } from '@arras/contract';
import type { JobAccess } from '../../database/job-permissions.ts';
import type { JobPermissionRow } from '../../database/tables.ts';
import type { ViewContext } from '../../events/view-context.ts';
import { linkTo } from './links.ts';

/** What one user may do with a job, in the original's form with the `execute` that existing clients read. */
export function renderJobPermission(
  context: ViewContext,
  jobId: JobId,
  { username, access }: { readonly username: string; readonly access: JobAccess },
): JobPermissionView {
  const { read, write, execute } = access;
  return {
    username,
    internalUsername: null,
    permission: { read, write, execute },
    _links: {
      self: linkTo(context, 'jobs', 'v2', jobId, 'pems', username),
      parent: linkTo(context, 'jobs', 'v2', jobId),
      profile: linkTo(context, 'profiles', 'v2', username),
    },
  };
}

/** What a stored permission allows. */
export function accessOf({ can_read, can_write, can_execute }: JobPermissionRow): JobAccess {
  return { read: can_read, write: can_write, execute: can_execute };
}
