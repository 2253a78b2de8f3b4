import type { JobPermission, JobPermissionView } from '@arras/contract';
import { resolveJobId } from '../job-id.ts';
import { type OutputOptions, printRows } from '../print.ts';
import type { Invocation } from '../runner.ts';
import type { Column } from '../table.ts';
import type { ListOptions } from './job-list.ts';

/** What users may do, one a line. */
export const PERMISSION_COLUMNS: Column<Pick<JobPermissionView, 'username' | 'permission'>>[] = [
  { title: 'user', cell: (row) => row.username },
  { title: 'read', cell: ({ permission }) => (permission.read ? 'yes' : '') },
  { title: 'write', cell: ({ permission }) => (permission.write ? 'yes' : '') },
  { title: 'execute', cell: ({ permission }) => (permission.execute ? 'yes' : '') },
];

/** Lists who may see or change a job. */
export async function listPermissions(
  { session, client, lookup, options }: Invocation<ListOptions>,
  typed: string,
): Promise<void> {
  const { limit, offset } = options;
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  const rows = await api.jobs.permissions.list(id, { limit, offset });
  await printRows(session, options, {
    rows,
    columns: PERMISSION_COLUMNS,
    whenEmpty: 'Nobody but the owner.',
  });
}

/** Lets a user see or change a job. */
export async function grantPermission(
  { session, client, lookup, options }: Invocation<OutputOptions>,
  typed: string,
  grant: { readonly username: string; readonly permission: string },
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  // The service knows the words, and says so about others.
  const permission = grant.permission as JobPermission;
  const row = await api.jobs.permissions.grant(id, grant.username, permission);
  await printRows(session, options, { rows: [row], columns: PERMISSION_COLUMNS, whenEmpty: '' });
}

/** Takes the permission of one user away. */
export async function revokePermission(
  { session, client, lookup }: Invocation<unknown>,
  typed: string,
  username: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  await api.jobs.permissions.revoke(id, username);
  session.say(`${username} has no permission on ${id}.\n`);
}

/** Takes all permissions away. */
export async function dropPermissions(
  { session, client, lookup }: Invocation<unknown>,
  typed: string,
): Promise<void> {
  const api = client();
  const id = await resolveJobId(lookup(), typed);
  await api.jobs.permissions.drop(id);
  session.say(`Nobody but the owner has a permission on ${id}.\n`);
}
